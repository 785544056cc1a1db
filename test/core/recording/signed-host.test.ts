import { expect, it } from 'vitest';
import { signsHost } from '../../../src/core/recording/signed-host.ts';

const aws = (headers: string) => `AWS4-HMAC-SHA256 Credential=AKIA/2026/x, SignedHeaders=${headers}, Signature=ab`;

it.each([
  ['an AWS signature', aws('host;x-amz-date'), undefined, '/', true],
  ['an AWS signature without it', aws('x-amz-date'), undefined, '/', false],
  ['a presigned URL', undefined, undefined, '/o?X-Amz-Expires=5&X-Amz-SignedHeaders=content-type%3Bhost', true],
  ['a draft signature', 'Signature keyId="a",headers="(request-target) host date"', undefined, '/', true],
  ['a signature by RFC 9421', undefined, 'sig1=("@method" "@authority");created=1', '/', true],
  ['another signature by RFC 9421', undefined, 'sig1=("@method" "@path");created=1', '/', false],
  ['a bearer', 'Bearer host', undefined, '/host?host=1', false],
])('%s says whether the host is signed', (_what, authorization, signatureInput, target, signed) => {
  expect(signsHost(authorization, signatureInput, target as string)).toBe(signed ?? true);
});
