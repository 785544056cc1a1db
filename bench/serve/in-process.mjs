// What the core costs without a network and a log: against a loop over the same bodies, and as worlds and episodes grow.
//   node --expose-gc in-process.mjs CLONE      prints JSON
import { loadModel, openEnvironment, printLogLine, resetEpisode, stepEpisode } from '../../dist/core/index.js';
import { openClone } from '../../dist/index.js';
import { afternoon, revision } from './workload.mjs';

const { environment } = await openClone(process.argv[2]);
const { model } = environment.loaded;
const [service] = model.services;
const { credential } = service.principals.find((one) => one.credential !== undefined);
const credentials = { [credential.header]: credential.value };
const addressed = ({ method, path, headers, body }) => ({
  origin: service.origins[0],
  method,
  target: path,
  headers: Object.entries(headers),
  ...(body === undefined ? {} : { body: { text: body } }),
});
const script = afternoon(credentials).map(addressed);

/** Microseconds of a core that `work` takes, the median of some rounds. */
function micros(rounds, times, work) {
  work();
  const costs = Array.from({ length: rounds }, () => {
    const before = process.cpuUsage();
    for (let time = 0; time < times; time += 1) work();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / times;
  });
  return costs.sort((a, b) => a - b)[rounds >> 1];
}

const play = (episode, requests) => requests.reduce((now, request) => stepEpisode(now, request).episode, episode);

function againstLoop() {
  const bodies = [];
  let episode = resetEpisode(environment, {});
  for (const request of script) {
    const { line, episode: next } = stepEpisode(episode, request);
    bodies.push([request.target, request.body?.text, line.response.body.text]);
    episode = next;
  }
  const loop = () => {
    const map = new Map();
    for (const [target, , answer] of bodies) {
      const value = JSON.parse(answer);
      map.get(target);
      map.set(target, value);
      JSON.stringify(value);
    }
  };
  const steps = () => play(resetEpisode(environment, {}), script);
  const logged = () => {
    let episode = resetEpisode(environment, {});
    for (const request of script) {
      const { line, episode: next } = stepEpisode(episode, request);
      printLogLine(line);
      episode = next;
    }
  };
  const works = [loop, steps, logged];
  for (let warm = 0; warm < 150; warm += 1) works.forEach((work) => work());
  const [loopMicros, stepMicros, loggedMicros] = works.map((work) => micros(5, 100, work) / script.length);
  return { loopMicros, stepMicros, loggedMicros, ratio: loopMicros / stepMicros };
}

/** The clone with that many issues before the first step. */
function withSeed(count) {
  const rows = Array.from({ length: count }, (_none, at) => ({
    id: 1_000_000 + at,
    number: at + 1,
    $repo: 'octocat',
    $repo_2: 'large',
    title: `Issue ${at}`,
    state: 'open',
  }));
  const seeded = { ...service, seed: { ...service.seed, Issue: rows } };
  return openEnvironment(loadModel({ ...model, services: [seeded, ...model.services.slice(1)] }), new Map());
}

/** Of two works in turn, so that both meet the same machine: microseconds of each, and how many times the first the second costs. */
function compared(times, works) {
  for (const work of works) for (let warm = 0; warm < times; warm += 1) work();
  // What made the worlds is not to be collected while they are measured.
  globalThis.gc();
  const pairs = Array.from({ length: 15 }, () => works.map((work) => micros(1, times, work)));
  const median = (numbers) => numbers.sort((a, b) => a - b)[numbers.length >> 1];
  const [small, large] = works.map((_work, at) => median(pairs.map((pair) => pair[at])));
  return { small, large, ratio: median(pairs.map(([first, second]) => second / first)) };
}

function bySeedSize() {
  const seeded = [10, 100_000].map(withSeed);
  const episodes = seeded.map((one) => play(resetEpisode(one, {}), script.slice(0, 3)));
  const resets = seeded.map((one) => () => resetEpisode(one, {}));
  // A fork is the value itself; what it costs is the first step that makes it differ.
  const forks = episodes.map((episode) => () => stepEpisode(episode, script[1]));
  return { reset: compared(5000, resets), fork: compared(300, forks) };
}

function byLength() {
  const pair = revision(credentials, 0).map(addressed);
  let episode = play(resetEpisode(environment, {}), script);
  const at = (steps) => {
    while (episode.steps < steps) episode = play(episode, pair);
    return micros(3, 200, () => play(episode, pair)) / 2;
  };
  for (let warm = 0; warm < 300; warm += 1) play(episode, pair);
  const [early, late] = [at(script.length + 10), at(10_000)];
  return { early, late, ratio: late / early };
}

function byEpisodes() {
  const pair = revision(credentials, 0).map(addressed);
  const base = play(resetEpisode(environment, {}), script.slice(0, 6));
  const cost = (count) => {
    // Forks of one, each of which has gone a way of its own before it is measured.
    const episodes = Array.from({ length: count }, () => play(base, pair.slice(0, 1)));
    const order = Array.from({ length: 2000 }, (_none, at) => (at * 7919) % count);
    return (
      micros(3, 1, () => {
        for (const at of order) episodes[at] = play(episodes[at], pair);
      }) /
      (order.length * 2)
    );
  };
  const [few, many] = [cost(1000), cost(16_000)];
  return { few, many, ratio: many / few };
}

function bytesOfIdle() {
  globalThis.gc();
  const before = process.memoryUsage().heapUsed;
  const episodes = Array.from({ length: 10_000 }, (_none, seed) => resetEpisode(environment, { seed }));
  globalThis.gc();
  return (process.memoryUsage().heapUsed - before) / episodes.length;
}

const parts = { againstLoop, bySeedSize, byLength, byEpisodes, bytesOfIdle };
console.log(JSON.stringify(Object.fromEntries(Object.entries(parts).map(([name, measure]) => [name, measure()]))));
