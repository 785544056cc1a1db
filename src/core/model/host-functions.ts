// Names of the functions that an expression may call and that the runtime answers, because they need a world. An
// expression that calls anything else than these and the pure functions does not compile.
// Their meaning is in docs/formats/expressions.md; adding one means adding it here, there and in the runtime's host.

export const HOST_FUNCTIONS: readonly string[] = [
  'entity', // entity(type, key…): the living entity with that key
  'find', // find(type, 'attribute,attribute', [value, value]): the first living entity with those values
  'exists', // exists(type, key…) or exists(type, 'attribute,attribute', [value, value]): is there such an entity?
  'ref', // ref(entity) or ref(type, key…): the value that stands for a living entity inside attributes
  'deref', // deref(reference): the entity that it stands for
  'rows', // rows(type): every living entity of a type, in order of insertion; rows(type, 'attribute', [value]): those with it
  'free', // free(type, attribute, text, separator): the text, or with the first number behind it that no living entity has
  'deleted', // deleted(type, key…): was there an entity with that key, and is it gone?
  'now', // now() or now(format): the virtual time of this step
  'gen', // gen(name, scope…): the next value of a generator
  'counter', // counter(name, scope…): the value that a sequence gave last
  'sign', // sign(header, claims): a JSON Web Token of both, signed with the service's own key
  'view', // view(name, entity): the entity rendered by one of its type's views
  'unknown', // unknown(): what nobody knows; the answer that needs it is unknown
  'extern', // extern(name, argument…): a function from a .mjs file that the operator enabled
];
