import { describe, expect, it } from 'vitest';
import { resetEpisode, stepEpisode, type Episode } from '../../../src/core/episode/episode.ts';
import {
  answerStep,
  checkedFaults,
  drawnFault,
  FAULT_KINDS,
  isFaults,
  type AskedFaults,
  type FaultKind,
} from '../../../src/core/episode/faults.ts';
import { linesOf, parseEpisodeLog, printLogLine, type StepLine } from '../../../src/core/episode/log-line.ts';
import { loggedStep } from '../../../src/core/episode/logged-step.ts';
import { replayLog, resumeEpisode } from '../../../src/core/episode/replay.ts';
import { initialWorld, worldTime } from '../../../src/core/runtime/step.ts';
import { failureOf } from '../../support/failure.ts';
import { notesEnvironment, notesRequest } from '../../support/notes-clone.ts';

const environment = notesEnvironment();
const { loaded } = environment;
const create = notesRequest('POST', '/notes', { title: 'x' });
const half = { rate: 0.5 };

/** Notes made one after the other. */
function played(faults: AskedFaults | undefined, steps: number, seed = 3) {
  let episode: Episode = resetEpisode(environment, { seed, faults });
  const lines: StepLine[] = [];
  while (lines.length < steps) {
    const next = stepEpisode(episode, create);
    episode = next.episode;
    lines.push(next.line);
  }
  return { episode, lines, text: [episode.header, ...lines].map(printLogLine).join('\n') };
}

describe('faults', () => {
  it('are not there unless somebody asks for them', () => {
    const { episode, text } = played(undefined, 20);
    expect(episode.header).not.toHaveProperty('faults');
    expect(text).not.toContain('injected');
    expect(played({ rate: 0 }, 20).text).not.toContain('injected');
  });

  it('answer as a gateway would, say so in the log, and change nothing but the time', () => {
    const { lines } = played({ rate: 1, kinds: ['503'] }, 2);
    expect(lines[0]).toMatchObject({
      response: {
        status: 503,
        headers: [
          ['content-type', 'text/plain; charset=utf-8'],
          ['retry-after', '1'],
        ],
        body: { text: 'Service Unavailable' },
      },
      service: 'notes',
      route: null,
      rules: [],
      provenance: 'injected',
      truncated: false,
      changes: [],
    });
    expect((lines[1]?.time ?? 0) - (lines[0]?.time ?? 0)).toBe(loaded.model.clock.stepMs);
  });

  it('have no body where a request asks for none', () => {
    const begun = resetEpisode(environment, { faults: { rate: 1 } });
    const { response } = stepEpisode(begun, notesRequest('HEAD', '/notes')).line;
    expect(response).not.toHaveProperty('body');
  });

  it('shift no other draw: what is answered is what is answered first without them', () => {
    const [faulty, whole] = [played(half, 30).lines, played(undefined, 30).lines];
    const tokens = (lines: readonly StepLine[]) =>
      lines
        .filter(({ provenance }) => provenance !== 'injected')
        .map(({ changes: [change] }) => [change?.key, change?.after?.['token']]);
    expect(tokens(faulty).length).toBeGreaterThan(5);
    expect(tokens(faulty).length).toBeLessThan(25);
    expect(tokens(faulty)).toEqual(tokens(whole).slice(0, tokens(faulty).length));
  });

  it('come at their rate, each kind among them, by the seed', () => {
    const faults = checkedFaults({ rate: 0.2 });
    const drawn = (seed: number) => Array.from({ length: 1000 }, (_none, index) => drawnFault(faults, seed, index));
    const met = drawn(1).filter((kind) => kind !== undefined);
    expect(met.length).toBeGreaterThan(150);
    expect(met.length).toBeLessThan(250);
    expect(new Set(met)).toEqual(new Set(FAULT_KINDS));
    expect(drawn(1)).toEqual(drawn(1));
    expect(drawn(1)).not.toEqual(drawn(2));
  });

  it('are met again by replays, by episodes that go on, and by whoever looks at a step', () => {
    const { text, episode, lines } = played(half, 12);
    expect(played(half, 12).text).toBe(text);
    const log = parseEpisodeLog(text);
    expect([log.header, ...linesOf(log)].map(printLogLine).join('\n')).toBe(text);
    expect(replayLog(environment, log).difference).toBeUndefined();
    let [on, off] = [resumeEpisode(environment, log), episode];
    for (let more = 0; more < 5; more += 1) {
      const [a, b] = [stepEpisode(on, create), stepEpisode(off, create)];
      expect(printLogLine(a.line)).toBe(printLogLine(b.line));
      [on, off] = [a.episode, b.episode];
    }
    for (const line of lines) expect(loggedStep(environment, log, line.index).line.time).toBe(line.time);
  });

  it('are missed by a replay whose header does not tell of them', () => {
    const { text } = played({ rate: 1 }, 1);
    const [header = '', ...steps] = text.split('\n');
    const without = [header.replace(/"faults":\{.*?\},/, ''), ...steps].join('\n');
    expect(replayLog(environment, parseEpisodeLog(without)).difference).toMatchObject({ step: 1 });
  });

  it('are no answer of an origin that the clone does not have', () => {
    const world = initialWorld(loaded, 1);
    const faults = checkedFaults({ rate: 1 });
    const header = { seed: 1, faults, onUnknown: 'truncate' } as const;
    const { transition } = answerStep(loaded, header, 1, world, { ...create, origin: 'https://else.example' });
    expect(transition).toMatchObject({ provenance: 'unknown', time: worldTime(loaded, world) });
  });

  it('are refused where there are none such, in a call and in a log', () => {
    for (const wrong of [
      { rate: 1.5 },
      { rate: NaN },
      { rate: 0.1, kinds: [] },
      { rate: 0.1, kinds: ['418' as FaultKind] },
    ]) {
      expect(failureOf(() => checkedFaults(wrong)).code).toBe('ERR_CALL_INVALID');
      expect(isFaults({ kinds: ['503'], ...wrong })).toBe(false);
    }
    expect(isFaults('often')).toBe(false);
    const wrong = played(half, 1).text.replace('"rate":0.5', '"rate":"often"');
    expect(failureOf(() => parseEpisodeLog(wrong)).message).toContain('line 1 of the episode log: its member faults');
  });

  it('are kept in one order, whatever order they are asked for in', () => {
    expect(checkedFaults({ rate: 1, kinds: ['504', '429', '504'] })).toEqual({ rate: 1, kinds: ['429', '504'] });
  });
});
