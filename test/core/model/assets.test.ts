import { describe, expect, it } from 'vitest';
import { assetHash, isAssetPath, printAssets, readAssets } from '../../../src/core/model/assets.ts';

const TEXT = { text: 'body {}\n' };
const BYTES = { base64: Buffer.from([0, 255, 7]).toString('base64') };
const assets = new Map([TEXT, BYTES].map((body) => [assetHash(body), body]));

describe('the assets of a clone', () => {
  it('are named by the hash of their bytes, whichever way these are written', () => {
    expect(assetHash({ text: 'hi' })).toBe(assetHash({ base64: 'aGk=' }));
    expect(assetHash(TEXT)).toMatch(/^[0-9a-f]{64}$/);
  });

  it('are text files that give them back', () => {
    const files = printAssets('web', assets);
    expect([...files.keys()].every(isAssetPath)).toBe(true);
    expect(new Map(readAssets(files))).toEqual(assets);
    expect(isAssetPath('web/routes/assets.yaml')).toBe(false);
  });

  it('are not there where a file is not what its name says', () => {
    const [path = ''] = printAssets('web', new Map([[assetHash(TEXT), TEXT]])).keys();
    expect(readAssets(new Map([[path, 'body { color: red }\n']])).size).toBe(0);
  });
});
