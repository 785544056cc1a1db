// Where a model holds CEL text: every expression of an entity type, a rule or a route with its path inside that value.
// One walk serves the check of files and whatever else must meet each expression.
import { isArray, isObject, type Json } from '../std/json.ts';
import type { Binding, Each, Effect, EntityType, Query, Route, Rule, Template } from './clone-model.ts';
import type { ValuePath } from './yaml-text.ts';

export interface ExpressionSite {
  readonly path: ValuePath;
  readonly text: string;
}

export function* entityTypeExpressions(entity: EntityType): Generator<ExpressionSite> {
  yield* templateMembers(entity.derived, ['derived']);
  yield* templateMembers(entity.views, ['views']);
}

export function* routeExpressions(route: Route): Generator<ExpressionSite> {
  yield* bindingExpressions(route.bindings);
  for (const [index, guard] of (route.guards ?? []).entries()) yield* under(['guards', index], ruleExpressions(guard));
  for (const [index, rule] of route.cases.entries()) yield* under(['cases', index], ruleExpressions(rule));
}

export function* ruleExpressions(rule: Partial<Rule>): Generator<ExpressionSite> {
  yield* one(rule.when, ['when']);
  yield* one(rule.doubt, ['doubt']);
  if (rule.query !== undefined) yield* under(['query'], queryExpressions(rule.query));
  for (const [name, text] of Object.entries(rule.let ?? {})) yield { path: ['let', name], text };
  if (rule.each !== undefined) yield* under(['each'], eachExpressions(rule.each));
  for (const [index, effect] of (rule.effects ?? []).entries())
    yield* under(['effects', index], effectExpressions(effect));
  for (const [index, header] of (rule.reply?.headers ?? []).entries()) {
    yield { path: ['reply', 'headers', index, 'value'], text: header.value };
  }
  if (rule.reply?.body !== undefined) yield* templateExpressions(rule.reply.body, ['reply', 'body']);
  yield* one(rule.reply?.text, ['reply', 'text']);
}

function* eachExpressions(each: Each): Generator<ExpressionSite> {
  yield { path: ['in'], text: each.in };
  yield* bindingExpressions(each.bindings);
  for (const [index, rule] of each.cases.entries()) yield* under(['cases', index], ruleExpressions(rule));
}

function* bindingExpressions(bindings: readonly Binding[] = []): Generator<ExpressionSite> {
  for (const [index, binding] of bindings.entries())
    for (const [at, text] of binding.key.entries()) yield { path: ['bindings', index, 'key', at], text };
}

function* queryExpressions(query: Query): Generator<ExpressionSite> {
  yield* one(query.where, ['where']);
  for (const [index, order] of (query.order ?? []).entries()) yield { path: ['order', index, 'by'], text: order.by };
  for (const [name, text] of Object.entries(query.sort?.fields ?? {})) yield { path: ['sort', 'fields', name], text };
}

function* effectExpressions(effect: Effect): Generator<ExpressionSite> {
  if (effect.kind === 'each') {
    yield { path: ['in'], text: effect.in };
    for (const [index, inner] of effect.do.entries()) yield* under(['do', index], effectExpressions(inner));
  }
  if ('from' in effect) yield* one(effect.from, ['from']);
  if ('where' in effect) yield { path: ['where'], text: effect.where };
  if ('set' in effect) yield* templateMembers(effect.set, ['set']);
}

function* templateMembers(
  members: Readonly<Record<string, Template>> | undefined,
  path: ValuePath,
): Generator<ExpressionSite> {
  for (const [name, template] of Object.entries(members ?? {})) yield* templateExpressions(template, [...path, name]);
}

/** Strings of a template are expressions, but for what `$literal` holds and for the names in `as` and `$view`. */
function* templateExpressions(template: Json, path: ValuePath): Generator<ExpressionSite> {
  if (typeof template === 'string') yield { path, text: template };
  else if (isArray(template))
    for (const [index, item] of template.entries()) yield* templateExpressions(item, [...path, index]);
  else if (isObject(template) && !Object.hasOwn(template, '$literal')) {
    const namesOnly = Object.hasOwn(template, '$each') ? 'as' : Object.hasOwn(template, '$view') ? '$view' : undefined;
    for (const [key, member] of Object.entries(template))
      if (key !== namesOnly) yield* templateExpressions(member, [...path, key]);
  }
}

function* one(text: string | undefined, path: ValuePath): Generator<ExpressionSite> {
  if (text !== undefined) yield { path, text };
}

function* under(path: ValuePath, sites: Iterable<ExpressionSite>): Generator<ExpressionSite> {
  for (const site of sites) yield { path: [...path, ...site.path], text: site.text };
}
