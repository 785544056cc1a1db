// Values that a service makes up. Each generator (and each scope of it) draws from its own stream, so that one more draw
// in one place shifts nothing in another.
import { joinKey, keyPartText } from '../model/entity-key.ts';
import type { Generator } from '../model/clone-model.ts';
import type { Value } from '../model/expression.ts';
import { hexEncode } from '../std/encoding.ts';
import { memberOf } from '../std/json.ts';
import { drawBytes, drawText, openStream } from '../std/prng.ts';
import type { StepHost } from './host.ts';
import type { LoadedGenerator } from './loaded-model.ts';

/**
 * The next value of a generator; missing when there is none of that name. `scope` takes the place of the generator's own
 * scope expressions where it is given.
 */
export function nextValue(host: StepHost, name: string, scope: readonly Value[]): Value {
  const loaded = host.service.generators.get(name);
  if (loaded === undefined) return undefined;
  const { generator } = loaded;
  if (generator.kind === 'max-plus-one') return maxPlusOne(host, name, generator, scope);
  const values = scope.length > 0 ? scope : loaded.scope.map((expression) => expression.evaluate(host.scope, host));
  const stream = streamName(host, loaded, values);
  const last = host.draft.sequences.get(stream);
  if (generator.kind === 'sequence') {
    const next = last === undefined ? generator.start : last + generator.step;
    host.draft.setSequence(stream, next);
    return next;
  }
  const counter = last === undefined ? 0 : last + 1;
  host.draft.setSequence(stream, counter);
  const random = openStream(host.draft.seed, stream, counter);
  if (generator.kind === 'uuid') return uuid(generator.version, host.time, drawBytes(random, 16));
  return generator.pattern
    .map((part) => ('literal' in part ? part.literal : drawText(random, part.alphabet, part.length)))
    .join('');
}

/**
 * The value that a sequence gave last; one step before its start when it has given none yet. Missing for other kinds of
 * generators. `scope` as for `nextValue`.
 */
export function lastValue(host: StepHost, name: string, scope: readonly Value[]): Value {
  const loaded = host.service.generators.get(name);
  if (loaded?.generator.kind !== 'sequence') return undefined;
  const { start, step } = loaded.generator;
  const values = scope.length > 0 ? scope : loaded.scope.map((expression) => expression.evaluate(host.scope, host));
  return host.draft.sequences.get(streamName(host, loaded, values)) ?? start - step;
}

function streamName(host: StepHost, { name }: LoadedGenerator, scope: readonly Value[]): string {
  return [host.service.name, name, joinKey(scope.map((value) => keyPartText(value) ?? ''))].join('\n');
}

/**
 * One more than the largest number that the attribute has in any living entity of the scope. The scope of this kind names
 * attributes of the type; their values are given by `scope`, else by the entity under construction (`it`).
 */
function maxPlusOne(
  host: StepHost,
  name: string,
  generator: Generator & { kind: 'max-plus-one' },
  scope: readonly Value[],
): Value {
  const type = host.service.types.get(generator.type);
  const maximum = type?.maxima.find((one) => one.name === `${host.service.name}\n${name}`);
  if (type === undefined || maximum === undefined) return undefined;
  const values = maximum.scope.map((attribute, index) => scope[index] ?? memberOf(host.scope['it'], attribute));
  const largest = host.draft.largest(type, maximum, joinKey(values.map((value) => keyPartText(value) ?? '')));
  return largest === undefined ? generator.start : largest + 1;
}

/** Version and variant bits over the random bytes; versions 1 and 7 begin with the virtual time. */
function uuid(version: 1 | 4 | 7, time: number, bytes: Uint8Array): string {
  if (version === 7) for (let at = 0; at < 6; at += 1) bytes[at] = Math.floor(time / 256 ** (5 - at)) % 256;
  if (version === 1) putTimestamp(bytes, time);
  bytes[6] = ((bytes[6] as number) & 0x0f) | (version << 4);
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  const hex = hexEncode(bytes);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** 60 bits of 100 ns since 1582-10-15, lowest part first; below the millisecond it stays random. */
function putTimestamp(bytes: Uint8Array, time: number): void {
  const ticks = (BigInt(Math.floor(time)) + 12_219_292_800_000n) * 10_000n + BigInt((bytes[0] as number) * 39);
  const hex = ticks.toString(16).padStart(15, '0');
  const layout = `${hex.slice(7)}${hex.slice(3, 7)}0${hex.slice(0, 3)}`;
  for (let at = 0; at < 8; at += 1) bytes[at] = Number.parseInt(layout.slice(at * 2, at * 2 + 2), 16);
}
