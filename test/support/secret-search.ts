// Looks for secrets in what a recorder leaves, in every spelling in which they could be read back.

/** A secret as it is, as JSON, URLs and forms write it, and in base64 at each of the three places it can begin. */
export function spellings(secret: string): readonly string[] {
  const shifted = [0, 1, 2].map((shift) => {
    const encoded = Buffer.from('\0'.repeat(shift) + secret).toString('base64');
    return encoded.slice(shift === 0 ? 0 : 4, -4);
  });
  const inUrls = encodeURIComponent(secret);
  return [
    ...new Set([
      secret,
      JSON.stringify(secret).slice(1, -1),
      inUrls,
      inUrls.replace(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase()),
      new URLSearchParams({ s: secret }).toString().slice(2),
      ...shifted,
      ...shifted.map((text) => text.replaceAll('+', '-').replaceAll('/', '_')),
    ]),
  ];
}

/** Which secrets are found where, as `NAME as SPELLING in PLACE`; empty when none is found. */
export function foundSecrets(
  secrets: Readonly<Record<string, string>>,
  places: Readonly<Record<string, string>>,
): readonly string[] {
  return Object.entries(places).flatMap(([place, text]) =>
    Object.entries(secrets).flatMap(([name, secret]) =>
      spellings(secret)
        .filter((spelling) => text.includes(spelling))
        .map((spelling) => `${name} as ${spelling} in ${place}`),
    ),
  );
}

/** All text of an archive, bodies in base64 undone. */
export function decodedArchive(har: string): string {
  const texts: string[] = [];
  JSON.parse(har, (_name, value: unknown) => {
    if (typeof value === 'string') texts.push(value);
    const { encoding, text } = (value ?? {}) as { encoding?: unknown; text?: unknown };
    if (encoding === 'base64' && typeof text === 'string') texts.push(Buffer.from(text, 'base64').toString('latin1'));
    return value;
  });
  return texts.join('\n');
}
