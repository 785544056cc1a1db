// The version of this mynah, from its package.
import { readFileSync } from 'node:fs';

// src/cli and dist/cli are both two folders below package.json.
const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');

export const TOOL_VERSION: string = (JSON.parse(text) as { version: string }).version;
