import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { callMynah, runMynah } from '../support/mynah-command.ts';
import { notesFolder } from '../support/notes-clone.ts';

const PROBES =
  "probes: [{ id: made, on: { status: 201 }, reward: 1 }, { id: said, kind: outcome, when: answer == 'done', reward: 2 }]";
const folder = () => mkdtempSync(join(tmpdir(), 'mynah-run-'));

/** A program that uses the original's own URL, its base URL, a host that is not there, and says what it was told. */
const AGENT = `
const created = await fetch('https://notes.example/notes', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"title":"x"}' });
const read = await fetch(process.env.MYNAH_BASE_URL + '/notes/3');
const elsewhere = await fetch('https://elsewhere.example/').then(() => 'reached', () => 'refused');
const [{ headers }] = JSON.parse(process.env.MYNAH_CREDENTIALS);
console.log(JSON.stringify([created.status, (await created.json()).url, read.status, elsewhere, headers]));
(await import('node:fs')).writeFileSync(process.argv[2], 'done');
process.exit(3);
`;

const JAVA_AGENT = `
import java.net.URI;
import java.net.http.*;
public class Ask {
  public static void main(String[] arguments) throws Exception {
    var request = HttpRequest.newBuilder(URI.create(arguments[0])).build();
    var answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    System.out.println(answer.statusCode() + " " + answer.body());
  }
}`;

/** Continuous integration installs it; elsewhere it may be absent. */
const hasJava = Boolean(process.env['CI']) || spawnSync('javac', ['-version']).error === undefined;

describe('mynah run', () => {
  it('lets an unmodified command at one episode, scores it and passes its exit code on', async () => {
    const clone = notesFolder({ 'probes.yaml': PROBES });
    const [program, answer, log] = ['agent.mjs', 'answer', 'log.jsonl'].map((name) => join(folder(), name)) as [
      string,
      string,
      string,
    ];
    writeFileSync(program, AGENT);
    const environment = { MYNAH_DATA: folder() };
    const { code, stdout, stderr } = await runMynah(
      ['run', clone, '--seed', '4', '--answer', answer, '--log', log, '--', process.execPath, program, answer],
      environment,
    );
    expect(JSON.parse(stdout)).toEqual([
      201,
      'https://notes.example/notes/3',
      200,
      'refused',
      { authorization: 'Bearer pseudonym-1' },
    ]);
    expect(stderr).toBe(`score 3 (made 1, said 2) after 2 steps; log: ${log}\n`);
    expect(code).toBe(3);
    expect(readFileSync(log, 'utf8').trimEnd().split('\n')).toHaveLength(4);
    expect(await callMynah(['replay', log], environment)).toMatchObject({
      code: 0,
      stdout: `${log}: 2 steps, every one as logged\n`,
    });
  });

  it.runIf(hasJava)('has clients in its episode that cannot name it, as Java, whose proxies have no user', async () => {
    const program = join(folder(), 'Ask.java');
    writeFileSync(program, JAVA_AGENT);
    const { stdout, stderr } = await runMynah(
      ['run', notesFolder(), '--', 'java', program, 'https://notes.example/notes/1'],
      { MYNAH_DATA: join(folder(), 'with space') },
    );
    expect(stdout).toMatch(/^200 .*"title":"milk"/);
    expect(stderr).toContain('after 1 steps');
  });

  it('prints one JSON document where a machine reads', async () => {
    const clone = notesFolder({ 'probes.yaml': PROBES });
    const { code, stdout, stderr } = await runMynah([
      'run',
      clone,
      '--json',
      '--',
      process.execPath,
      '-e',
      'console.log("chatter")',
    ]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ step_count: 0, reward_total: 0, exit_code: 0, finished: true });
    expect(stderr).toContain('chatter');
  });

  it('has the faults that it is told to have', async () => {
    const program = `process.exit((await fetch(process.env.MYNAH_BASE_URL + '/notes')).status - 400)`;
    const node = [process.execPath, '--input-type=module', '-e', program];
    const run = ['run', notesFolder(), '--log', join(folder(), 'log.jsonl')];
    expect(await runMynah([...run, '--faults', '1:429', '--', ...node])).toMatchObject({ code: 29 });
    for (const wrong of ['often', '2', '0.1:418', '0.1:'])
      expect(await callMynah([...run, '--faults', wrong, '--', 'true'])).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('Give a rate from 0 to 1') as string,
      });
  });

  it('says what is wrong: the task, the command', async () => {
    const clone = notesFolder();
    expect(await callMynah(['run', clone, '--task', 'x', '--', 'true'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('ERR_TASK_NOT_FOUND') as string,
    });
    expect(await callMynah(['run', clone, '--', 'no-such-command'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('ERR_COMMAND_NOT_FOUND') as string,
    });
  });
});
