// Pass "page conventions": a service pages all its lists alike. Where one list was seen to be paged by cursors, so are the
// others that were never asked to, as far as nothing that they were seen to do speaks against it.
import type { EntityType, Page, Route, Rule } from '../../model/clone-model.ts';

/** Gives lists the paging by cursors that the service is known for. */
export function sharePaging(routes: readonly Route[], types: readonly EntityType[]): Route[] {
  const known = routes.flatMap((route) => route.cases).flatMap((rule) => cursorPage(rule.query?.page) ?? []);
  const [convention] = [...known].sort((a, b) => ways(b) - ways(a));
  if (convention === undefined) return [...routes];
  return routes.map((route) =>
    route.method === 'GET' ? { ...route, cases: route.cases.map((rule) => paged(rule, convention, types)) } : route,
  );
}

const isCursor = (page: Page): boolean => page.style === 'after' || page.style === 'before';

/** The page where all its styles are by cursors. */
const cursorPage = (page: Page | undefined): Page | undefined =>
  page !== undefined && isCursor(page) && page.size !== undefined && (page.also === undefined || isCursor(page.also))
    ? page
    : undefined;

const ways = (page: Page): number => (page.also === undefined ? 1 : 2);

/** The rule with the convention's paging, where its own is a part of that. */
function paged(rule: Rule, convention: Page, types: readonly EntityType[]): Rule {
  const { query } = rule;
  const own = query?.page;
  if (query === undefined || own === undefined || own.size !== convention.size || own.also !== undefined) return rule;
  const isPart =
    (own.style === 'offset' && own.at === undefined) ||
    [convention, convention.also].some((page) => page?.style === own.style && page.at === own.at);
  const key = types.find(({ name }) => name === query.type)?.key;
  if (!isPart || ways(convention) < 2 || key?.length !== 1 || key[0] !== convention.cursor) return rule;
  return { ...rule, query: { ...query, page: withDefault(convention, own.sizeDefault) } };
}

/** The page with another size for requests that name none. */
function withDefault(page: Page, sizeDefault: number | undefined): Page {
  const own = Object.fromEntries(Object.entries(page).filter(([name]) => name !== 'sizeDefault')) as unknown as Page;
  return {
    ...own,
    ...(sizeDefault === undefined ? {} : { sizeDefault }),
    ...(page.also === undefined ? {} : { also: withDefault(page.also, sizeDefault) }),
  };
}
