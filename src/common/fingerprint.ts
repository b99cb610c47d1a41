/** The SHA-256 of a certificate as 64 hex digits in lower case; null when the text is none. Colons, as OpenSSL writes them, are left out. */
export function parseFingerprint(text: string): string | null {
  const hex = text
    .trim()
    .replace(/^sha-?256(:| Fingerprint=|=)/i, '')
    .replaceAll(':', '')
    .toLowerCase();
  return /^[0-9a-f]{64}$/.test(hex) ? hex : null;
}
