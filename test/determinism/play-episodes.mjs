// Plays episodes of a clone through the core alone and prints their logs. Run by other versions of Node.
//   node play-episodes.mjs FILE      JSON: { files, origin, requests, seeds }
import { readFileSync } from 'node:fs';
import { loadModel, openEnvironment, printLogLine, readCloneFiles, resetEpisode, stepEpisode } from 'mynah/core';

const { files, origin, requests, seeds } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const clone = new Map(Object.entries(files));
const environment = openEnvironment(loadModel(readCloneFiles(clone)), clone);

// Side by side: a step of each, then the next of each.
const plays = seeds.map((seed) => {
  const episode = resetEpisode(environment, { seed });
  return { episode, lines: [printLogLine(episode.header)] };
});
for (const [method, target, body] of requests) {
  const headers = [['content-type', 'application/json']];
  const sent = body === undefined ? {} : { body: { text: JSON.stringify(body) } };
  for (const play of plays) {
    const { episode, line } = stepEpisode(play.episode, { origin, method, target, headers, ...sent });
    play.episode = episode;
    play.lines.push(printLogLine(line));
  }
}
process.stdout.write(plays.map(({ lines }) => `${lines.join('\n')}\n`).join('\n'));
