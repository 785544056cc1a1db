// All behaviours that services are made of, in the order in which they are installed: what is asked first comes first.
import type { Behaviour } from './behaviours/behaviour.ts';
import { actions } from './behaviours/actions.ts';
import { bulk } from './behaviours/bulk.ts';
import { clearing } from './behaviours/clearing.ts';
import { clientIds } from './behaviours/client-ids.ts';
import { conditional } from './behaviours/conditional.ts';
import { conditionalGet } from './behaviours/conditional-get.ts';
import { counter } from './behaviours/counter.ts';
import { create } from './behaviours/create.ts';
import { events } from './behaviours/events.ts';
import { expansion } from './behaviours/expansion.ts';
import { filter } from './behaviours/filter.ts';
import { findOrCreate } from './behaviours/find-or-create.ts';
import { graphql } from './behaviours/graphql.ts';
import { idempotency } from './behaviours/idempotency.ts';
import { jobs } from './behaviours/jobs.ts';
import { jsonRpc } from './behaviours/json-rpc.ts';
import { links } from './behaviours/links.ts';
import { list } from './behaviours/list.ts';
import { location } from './behaviours/location.ts';
import { locking } from './behaviours/locking.ts';
import { methods } from './behaviours/methods.ts';
import { normalising } from './behaviours/normalising.ts';
import { order } from './behaviours/order.ts';
import { paging } from './behaviours/paging.ts';
import { projection } from './behaviours/projection.ts';
import { read } from './behaviours/read.ts';
import { reference } from './behaviours/reference.ts';
import { relation } from './behaviours/relation.ts';
import { remove } from './behaviours/remove.ts';
import { revisions } from './behaviours/revisions.ts';
import { roles } from './behaviours/roles.ts';
import { signIn } from './behaviours/sign-in.ts';
import { singleton } from './behaviours/singleton.ts';
import { softDelete } from './behaviours/soft-delete.ts';
import { storedBodies } from './behaviours/stored-bodies.ts';
import { totals } from './behaviours/totals.ts';
import { touching } from './behaviours/touching.ts';
import { uniqueness } from './behaviours/uniqueness.ts';
import { unknownMembers } from './behaviours/unknown-members.ts';
import { update } from './behaviours/update.ts';
import { upsert } from './behaviours/upsert.ts';
import { validation } from './behaviours/validation.ts';
import { visibility } from './behaviours/visibility.ts';
import { Dice } from './dice.ts';
import { Service } from './service/service.ts';

export const CATALOGUE: readonly Behaviour[] = [
  signIn,
  methods,
  idempotency,
  create,
  read,
  update,
  remove,
  list,
  clientIds,
  roles,
  visibility,
  normalising,
  validation,
  unknownMembers,
  locking,
  softDelete,
  reference,
  uniqueness,
  actions,
  conditional,
  clearing,
  upsert,
  findOrCreate,
  relation,
  singleton,
  filter,
  order,
  paging,
  links,
  counter,
  expansion,
  totals,
  touching,
  events,
  revisions,
  bulk,
  jobs,
  graphql,
  jsonRpc,
  location,
  projection,
  conditionalGet,
];

/**
 * Behaviours that came later, installed last and drawn by dice of their own: the services of earlier seeds stay what they
 * were but for these.
 */
const LATER: readonly Behaviour[] = [storedBodies];
const LATER_SHARE = 0.2;

/** What the operations show beyond the module that installs them, and what came later, each with its priority and what it is. */
export const ASPECTS: readonly Pick<Behaviour, 'name' | 'priority' | 'description'>[] = [
  ...LATER,
  { name: 'echo', priority: 0, description: 'A creation shows what its client sent.' },
  { name: 'defaults', priority: 0, description: 'A creation shows a default, null or nothing for what was not sent.' },
  { name: 'ids', priority: 0, description: 'Ids are made in one of twelve formats.' },
  { name: 'times', priority: 0, description: 'Times of creation and change are shown in one of five formats.' },
  {
    name: 'nested',
    priority: 0,
    description: 'Things below a parent: scoped lists, 404 when the parent is not there.',
  },
  { name: 'envelopes', priority: 0, description: 'Things stand in one of six envelopes.' },
  { name: 'unknown paths', priority: 0, description: 'A path that no route knows is refused as the API refuses it.' },
];

export interface MadeService {
  readonly service: Service;
  /** Names of the behaviours that it has beyond the basic ones. */
  readonly behaviours: readonly string[];
}

/**
 * The service of a seed, open to clients.
 * @param run decides the ids that it makes
 * @param wanted a behaviour that it shall have, whatever the dice say
 */
export function makeService(seed: number, run: string, wanted?: string): MadeService {
  const service = new Service(seed);
  const further = CATALOGUE.filter(({ isBasic }) => isBasic !== true);
  const drawn = new Set(drawBehaviours(service.dice, further, wanted).map(({ name }) => name));
  for (const { name } of LATER)
    if (name === wanted || new Dice(`${name} of ${seed}`).chance(LATER_SHARE)) drawn.add(name);
  const behaviours: string[] = [];
  for (const { name, isBasic, install } of [...CATALOGUE, ...LATER]) {
    if (isBasic !== true && !drawn.has(name)) continue;
    if (install(service) !== false && isBasic !== true) behaviours.push(name);
  }
  service.open(run);
  return { service, behaviours };
}

function drawBehaviours(dice: Dice, further: readonly Behaviour[], wanted: string | undefined): Behaviour[] {
  const drawn = dice.some(further, 3 + dice.below(7));
  const first = further.filter(({ name }) => name === wanted);
  return [...first, ...drawn.filter(({ name }) => name !== wanted)];
}
