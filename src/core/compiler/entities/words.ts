// Names and shapes of values that the passes judge by: which text looks made up by a machine, which key names an
// identity, and how nouns turn into names.

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** True for text that reads like an id: digits, uuid, long hex, prefixed or mixed tokens; never for plain words. */
export function looksLikeId(text: string): boolean {
  if (/^\d+$/.test(text) || UUID.test(text)) return true;
  if (/^v\d+(\.\d+)*$/i.test(text)) return false;
  if (/^[0-9a-f]{7,}$/i.test(text) && /\d/.test(text)) return true;
  const bare = text.replace(/[^A-Za-z0-9]/g, '');
  if (/^[a-z]{2,8}_(?=[A-Za-z]*[0-9]|[A-Z]*[a-z]+[A-Z])[A-Za-z0-9]{8,}$/.test(text)) return true;
  const digits = bare.replace(/[^0-9]/g, '').length;
  const turns = (bare.match(/[a-z](?=[A-Z0-9])|[0-9](?=[A-Za-z])|[A-Z](?=[0-9a-z])/g) ?? []).length;
  return bare.length >= 8 && digits >= 2 && turns >= 3;
}

const IDENTITY_NAME =
  /^(_?id|uid|uuid|guid|key|slug|login|name|number|iid|sha|hash|code|identifier|username|handle|email|ts|ref|tag|tag_?name|token|cid|pk|rid|sid|gid|nid|email_?address|full_?name|path|label|version|title)$/i;

/** How well a key's name fits an identity: 3 for `id` and its kin, 2 for names, 1 for others that may be one, 0 for none. */
export function identityRank(name: string): number {
  if (/^(_?id|uid|uuid|guid|pk|gid)$/i.test(name)) return 3;
  if (/^(key|slug|login|number|iid|sha|identifier|username|handle|ts|cid|code)$/i.test(name)) return 2;
  if (IDENTITY_NAME.test(name) || /(_id|Id|ID|_key|Key)$/.test(name)) return 1;
  return 0;
}

/** `repositories` -> `repository`. */
export function singular(noun: string): string {
  if (/ies$/i.test(noun) && noun.length > 4) return `${noun.slice(0, -3)}y`;
  if (/(ss|us|is|news)$/i.test(noun)) return noun;
  if (/(sses|xes|ches|shes|statuses)$/i.test(noun)) return noun.slice(0, -2);
  if (/s$/i.test(noun) && noun.length > 2) return noun.slice(0, -1);
  return noun;
}

/** A word fit for a CEL variable: letters, digits and underscores. */
export function identifier(text: string): string {
  const word = text
    .replace(/\.[a-z]+$/i, '')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .toLowerCase();
  if (word === '') return 'value';
  return /^\d/.test(word) ? `n${word}` : word;
}

/** `issue_comments` -> `IssueComment`. */
export function typeName(noun: string): string {
  return singular(identifier(noun))
    .split('_')
    .map((part) => part.slice(0, 1).toUpperCase() + part.slice(1))
    .join('');
}
