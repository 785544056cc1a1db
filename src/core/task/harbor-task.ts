// A task of a clone as a Harbor task folder: two containers, one for the agent and one for the clone, and a verifier that finishes
// the episode and writes what it earned. Probes and the control plane's token are never in the agent's container.
import { EXTERNS_FOLDER, isServedFile } from '../model/file-layout.ts';
import type { CloneFiles } from '../model/files-read.ts';
import { SHAPES_FILE } from '../model/shapes-file.ts';
import { canonicalText } from '../std/canonical.ts';
import { percentEncode } from '../std/encoding.ts';
import { MynahError } from '../std/errors.ts';
import { printJson, type Json } from '../std/json.ts';
import type { Task } from './task.ts';

export interface HarborOptions {
  /** `ORGANISATION/NAME`. */
  readonly name: string;
  readonly seed: number;
  /** Of the control plane: only the clone's container and the verifier know it. */
  readonly token: string;
  /** Names of the services, the first of which stands at the base URL. */
  readonly services: readonly string[];
  /** Names of the externs that the operator enables; their files go along. */
  readonly externs?: readonly string[] | undefined;
  /** Version of the npm package that serves the clone. */
  readonly version: string;
}

/** Where the agent writes what it answers. */
const ANSWER_FILE = '/app/answer.txt';
const AGENT_URL = 'http://clone:7070';
const MCP_URL = `${AGENT_URL}/~/default/mcp`;

/**
 * Files of the folder by path.
 *
 * @param clone text files of the clone
 * @throws {MynahError} ERR_EXTERN where a rule calls an extern that is not enabled: the task would answer otherwise than the clone
 */
export function harborTask(task: Task, clone: CloneFiles, options: HarborOptions): ReadonlyMap<string, string> {
  const { externs = [] } = options;
  const missing = calledExterns(clone).find((name) => !externs.includes(name));
  if (missing !== undefined)
    throw new MynahError(
      'ERR_EXTERN',
      `a rule of the clone calls the extern ${missing}; take its code along with --extern ${missing}`,
      { name: missing },
    );
  const folder = 'environment/clone/clone/';
  // With one task, whatever seed selects it.
  const only = canonicalText({ tasks: [taskText(task)] } as unknown as Json);
  // Tools are typed by the shapes of requests.
  const taken = new Set([SHAPES_FILE, ...externs.map((name) => `${EXTERNS_FOLDER}${name}.mjs`)]);
  const files = [...clone]
    .filter(([file]) => isServedFile(file) || taken.has(file))
    .map(([file, text]) => [folder + file, text] as const);
  return new Map([
    ['task.toml', taskToml(task, options)],
    ['instruction.md', instruction(task, options)],
    ['environment/Dockerfile', AGENT_IMAGE],
    ['environment/docker-compose.yaml', compose(options)],
    ['environment/clone/Dockerfile', cloneImage(options)],
    ...files,
    [`${folder}tasks.yaml`, `${only}\n`],
    ['tests/test.sh', verifier(options)],
  ]);
}

/** Names that expressions of the clone call externs by. */
function calledExterns(clone: CloneFiles): readonly string[] {
  const texts = [...clone].filter(([file]) => file.endsWith('.yaml')).map(([, text]) => text);
  return texts.flatMap((text) =>
    [...text.matchAll(/\bextern\(\s*["']+([A-Za-z][\w-]*)["']/g)].map(([, name = '']) => name),
  );
}

function taskText({ stepsMax, ...task }: Task) {
  return { ...task, ...(stepsMax === undefined ? {} : { limits: { steps: stepsMax } }) };
}

function taskToml({ id, split }: Task, { name, seed }: HarborOptions): string {
  return `schema_version = "1.1"

[task]
name = ${toml(name)}
description = ${toml(`The task ${id} of a deterministic clone of an API`)}

[metadata]
category = "api"
mynah_task = ${toml(id)}
mynah_seed = ${seed}
${split === undefined ? '' : `split = ${toml(split)}\n`}
[verifier]
timeout_sec = 120.0

[agent]
timeout_sec = 1800.0

[environment]
build_timeout_sec = 900.0
cpus = 1
memory_mb = 2048
storage_mb = 4096

[[environment.mcp_servers]]
name = "api"
transport = "streamable-http"
url = ${toml(MCP_URL)}
`;
}

function instruction({ goal }: Task, { services: [, ...others] }: HarborOptions): string {
  const more = others.map((name) => `- ${AGENT_URL}/~/default/${percentEncode(name)}/ is ${name}\n`).join('');
  return `${goal}

The API is at ${AGENT_URL}/ and, as MCP tools, at ${MCP_URL}.
${more}
If there is something to answer, write it to ${ANSWER_FILE}.
`;
}

const AGENT_IMAGE = `FROM debian:12-slim
RUN apt-get update && apt-get install -y --no-install-recommends curl ca-certificates python3 && rm -rf /var/lib/apt/lists/*
WORKDIR /app
`;

function compose({ token }: HarborOptions): string {
  return `services:
  main:
    depends_on:
      clone:
        condition: service_healthy
  clone:
    build: ./clone
    environment:
      MYNAH_TOKEN: ${token}
    healthcheck:
      test: ["CMD", "node", "-e", "fetch('http://127.0.0.1:7071/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
      interval: 2s
      retries: 30
`;
}

function cloneImage({ seed, version, externs = [] }: HarborOptions): string {
  const enabled = externs.map((name) => `, "--extern", ${printJson(name)}`).join('');
  return `FROM node:20
RUN npm install --global mynah@${version}
COPY clone /srv/clone
CMD ["mynah", "serve", "/srv/clone", "--listen", "0.0.0.0:7070", "--control", "0.0.0.0:7071", "--seed", "${seed}"${enabled}]
`;
}

/** In a language that the agent's image has. An agent that asked nothing has no episode yet, so one is begun. */
function verifier({ token, seed }: HarborOptions): string {
  return `#!/bin/sh
# Finishes the episode and writes its reward, with that of each probe.
exec python3 - <<'PYTHON'
import json, os, urllib.error, urllib.request

CONTROL = "http://clone:7071/t/${token}"

def call(method, path, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(CONTROL + path, data, {"content-type": "application/json"}, method=method)
    with urllib.request.urlopen(request) as response:
        return json.load(response)

try:
    call("GET", "/episodes/default")
except urllib.error.HTTPError as error:
    if error.code != 404:
        raise
    call("POST", "/episodes", {"id": "default", "seed": ${seed}})
answer = None
if os.path.exists("${ANSWER_FILE}"):
    with open("${ANSWER_FILE}") as file:
        text = file.read().strip()
    try:
        answer = json.loads(text)
    except ValueError:
        answer = text
call("POST", "/episodes/default/finish", {"answer": answer})
summary = call("GET", "/episodes/default")
os.makedirs("/logs/verifier", exist_ok=True)
with open("/logs/verifier/reward.json", "w") as file:
    json.dump({"reward": summary["reward_total"], **summary["rewards"]}, file)
PYTHON
`;
}

/** A basic string of TOML; JSON's escapes are among its own. */
function toml(text: string): string {
  return printJson(text);
}
