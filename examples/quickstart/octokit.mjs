// GitHub's own SDK. It talks to https://api.github.com, and nothing here tells it otherwise.
import { Octokit } from 'octokit';

const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** A client that sends this token, or none. Without the SDK's own pauses, a second or three before each write. */
export function octokit(auth) {
  return new Octokit({ auth, log: silent, throttle: { enabled: false } });
}
