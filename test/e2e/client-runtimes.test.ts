// The same conversation in each language's own HTTP client, unmodified, each exchange recorded whole.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { recordClient } from '../support/recorded-client.ts';
import { startUpstream, temporaryFolder } from '../support/recorder.ts';

const HOST = 'api.example.test';
const API = `https://${HOST}`;

interface Client {
  readonly name: string;
  /** Name of the file that holds the program. */
  readonly file: string;
  readonly program: string;
  readonly command: readonly [string, ...string[]];
}

/** Each asks for a page, sends JSON with a token, and asks for what is not there; it prints the three statuses and what was echoed. */
const CLIENTS: readonly Client[] = [
  {
    name: "Python's urllib",
    file: 'ask.py',
    command: ['/usr/bin/python3'],
    program: `
import json, urllib.request, urllib.error
base = '${API}'
page = urllib.request.urlopen(base + '/items?page=1')
request = urllib.request.Request(base + '/echo', data=json.dumps({'note': 'ünï'}).encode(), method='POST',
    headers={'content-type': 'application/json', 'authorization': 'Bearer tok-en-1234567890'})
echo = urllib.request.urlopen(request)
try:
    urllib.request.urlopen(base + '/missing')
except urllib.error.HTTPError as error:
    print(page.status, echo.status, error.code, json.load(echo)['note'].encode('utf-8').hex())
`,
  },
  {
    name: "Python's requests",
    file: 'ask.py',
    command: ['/usr/bin/python3'],
    program: `
import requests
session = requests.Session()
page = session.get('${API}/items', params={'page': 1})
echo = session.post('${API}/echo', json={'note': 'ünï'}, headers={'authorization': 'Bearer tok-en-1234567890'})
missing = session.get('${API}/missing')
print(page.status_code, echo.status_code, missing.status_code, echo.json()['note'].encode('utf-8').hex())
`,
  },
  {
    name: "Python's httpx, at once and one after the other",
    file: 'ask.py',
    command: ['/usr/bin/python3'],
    program: `
import asyncio, httpx
async def main():
    async with httpx.AsyncClient(base_url='${API}') as client:
        token = {'authorization': 'Bearer tok-en-1234567890'}
        page, echo = await asyncio.gather(
            client.get('/items', params={'page': 1}), client.post('/echo', json={'note': 'ünï'}, headers=token))
        missing = await client.get('/missing')
        print(page.status_code, echo.status_code, missing.status_code, echo.json()['note'].encode('utf-8').hex())
asyncio.run(main())
`,
  },
  {
    name: "Node's https, with an agent of the program's own",
    file: 'ask.mjs',
    command: [process.execPath],
    program: `
import https from 'node:https';
const agent = new https.Agent({ keepAlive: true });
const ask = (path, body) => new Promise((resolve, reject) => {
  const headers = body ? { 'content-type': 'application/json', authorization: 'Bearer tok-en-1234567890' } : {};
  const request = https.request('${API}' + path, { method: body ? 'POST' : 'GET', headers, agent }, (response) => {
    let text = '';
    response.setEncoding('utf8').on('data', (chunk) => (text += chunk)).on('end', () => resolve([response.statusCode, text]));
  });
  request.on('error', reject).end(body);
});
const [page] = await ask('/items?page=1');
const [echo, text] = await ask('/echo', JSON.stringify({ note: 'ünï' }));
const [missing] = await ask('/missing');
console.log(page, echo, missing, Buffer.from(JSON.parse(text).note).toString('hex'));
agent.destroy();
`,
  },
  {
    name: "Ruby's net/http",
    file: 'ask.rb',
    command: ['ruby'],
    program: `
require 'net/http'
require 'json'
uri = URI('${API}/')
Net::HTTP.start(uri.host, uri.port, use_ssl: true) do |http|
  page = http.get('/items?page=1')
  echo = http.post('/echo', { note: 'ünï' }.to_json, 'content-type' => 'application/json', 'authorization' => 'Bearer tok-en-1234567890')
  missing = http.get('/missing')
  puts [page.code, echo.code, missing.code, JSON.parse(echo.body)['note'].unpack1('H*')].join(' ')
end
`,
  },
  {
    name: "Go's net/http",
    file: 'ask.go',
    command: ['go', 'run'],
    program: `
package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

func ask(method, path, body string) (int, map[string]any) {
	request, _ := http.NewRequest(method, "${API}"+path, strings.NewReader(body))
	if body != "" {
		request.Header.Set("content-type", "application/json")
		request.Header.Set("authorization", "Bearer tok-en-1234567890")
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		panic(err)
	}
	defer response.Body.Close()
	var decoded map[string]any
	json.NewDecoder(response.Body).Decode(&decoded)
	return response.StatusCode, decoded
}

func main() {
	page, _ := ask("GET", "/items?page=1", "")
	echo, decoded := ask("POST", "/echo", "{\\"note\\":\\"ünï\\"}")
	missing, _ := ask("GET", "/missing", "")
	fmt.Printf("%d %d %d %x\\n", page, echo, missing, decoded["note"])
}
`,
  },
  {
    name: "Java's HttpClient",
    file: 'Ask.java',
    command: ['java'],
    program: `
import java.net.URI;
import java.net.http.*;
public class Ask {
  static HttpClient client = HttpClient.newHttpClient();
  static HttpResponse<String> ask(String path, String body) throws Exception {
    var request = HttpRequest.newBuilder(URI.create("${API}" + path));
    if (body != null) request.header("content-type", "application/json").header("authorization", "Bearer tok-en-1234567890").POST(HttpRequest.BodyPublishers.ofString(body));
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }
  public static void main(String[] arguments) throws Exception {
    var page = ask("/items?page=1", null);
    var echo = ask("/echo", "{\\"note\\":\\"\\u00fcn\\u00ef\\"}");
    var missing = ask("/missing", null);
    var note = echo.body().substring(9, echo.body().length() - 2);
    var hex = new StringBuilder();
    for (byte each : note.getBytes("UTF-8")) hex.append(String.format("%02x", each));
    System.out.println(page.statusCode() + " " + echo.statusCode() + " " + missing.statusCode() + " " + hex);
  }
}
`,
  },
];

/** Continuous integration installs all of them; elsewhere one may be absent. */
const isHere = (command: string) =>
  Boolean(process.env['CI']) || spawnSync(command, ['--help'], { stdio: 'ignore' }).error === undefined;

const startServer = () =>
  startUpstream((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.once('end', () => {
      response.setHeader('content-type', 'application/json');
      if (request.url === '/echo') return response.end(Buffer.concat(chunks));
      if (request.url === '/missing') return response.writeHead(404).end('{"message":"Not Found"}');
      return response.end(JSON.stringify({ items: Array.from({ length: 50 }, (_none, id) => ({ id, title: 'ünï' })) }));
    });
  });

for (const { name, file, program, command } of CLIENTS) {
  it.runIf(isHere(command[0]))(`records ${name} whole`, async () => {
    const folder = temporaryFolder();
    mkdirSync(folder, { recursive: true });
    const path = join(folder, file);
    writeFileSync(path, program);
    const { code, stdout, stderr, differences, recording } = await recordClient({ [HOST]: await startServer() }, [
      ...command,
      path,
    ]);
    expect([code, differences], stderr).toEqual([0, []]);
    expect(stdout).toBe(`200 200 404 ${Buffer.from('ünï').toString('hex')}\n`);
    expect(recording.exchanges).toHaveLength(3);
    expect(JSON.stringify(recording)).not.toContain('tok-en-1234567890');
  });
}
