/** MySQL's language tags of 0900 collations to MariaDB's language names. */
const LANGUAGES: ReadonlyMap<string, string> = new Map([
  ['cs', 'czech'],
  ['da', 'danish'],
  ['de_pb', 'german2'],
  ['eo', 'esperanto'],
  ['es', 'spanish'],
  ['es_trad', 'spanish2'],
  ['et', 'estonian'],
  ['hr', 'croatian'],
  ['hu', 'hungarian'],
  ['is', 'icelandic'],
  ['la', 'roman'],
  ['lt', 'lithuanian'],
  ['lv', 'latvian'],
  ['pl', 'polish'],
  ['ro', 'romanian'],
  ['sk', 'slovak'],
  ['sl', 'slovenian'],
  ['sv', 'swedish'],
  ['tr', 'turkish'],
  ['vi', 'vietnamese'],
]);

/** Collation names are words; anything else never reaches the server. */
export const COLLATION_NAME = /^[a-z][a-z0-9_]{0,63}$/;

/** The character set a collation belongs to, by its name. */
export function charsetOf(collation: string): string {
  return collation === 'binary' ? 'binary' : (collation.split('_')[0] ?? collation);
}

/**
 * Collations to try in place of one the server does not know, the most alike first. The last are known to every
 * server since MySQL 5.5.
 */
export function collationCandidates(collation: string): string[] {
  const charset = charsetOf(collation);
  const candidates: string[] = [];
  const strong = /^utf8mb4_(?:([a-z_]+?)_)?0900_(?:(ai|as)_(ci|cs)|(bin))(?:_ks)?$/.exec(collation);
  const uca = /^utf8mb[34]_uca1400_(?:([a-z0-9]+)_)??(nopad_)?(ai|as)_(ci|cs)$/.exec(collation);
  if (strong) {
    const [, tag, accent, letterCase, binary] = strong;
    const language = tag === undefined ? undefined : LANGUAGES.get(tag);
    if (binary !== undefined) candidates.push('utf8mb4_nopad_bin', 'utf8mb4_bin');
    else {
      const end = `${accent}_${letterCase}`;
      if (language) {
        candidates.push(`utf8mb4_uca1400_${language}_nopad_${end}`, `utf8mb4_uca1400_${language}_${end}`);
      }
      candidates.push(`utf8mb4_uca1400_nopad_${end}`, `utf8mb4_uca1400_${end}`);
      if (letterCase === 'cs') candidates.push('utf8mb4_bin');
      if (language) candidates.push(`utf8mb4_${language}_ci`);
    }
  } else if (uca) {
    const [, language, , accent, letterCase] = uca;
    const tag = [...LANGUAGES].find(([, name]) => name === language)?.[0];
    const end = `${accent}_${letterCase}`;
    if (tag) candidates.push(`${charset}_${tag}_0900_${end}`);
    candidates.push(`${charset}_0900_${end}`);
    if (letterCase === 'cs') candidates.push(`${charset}_bin`);
    if (language) candidates.push(`${charset}_${language}_ci`);
  } else if (collation.includes('_nopad_')) {
    candidates.push(collation.replace('_nopad_', '_'));
  } else if (collation.endsWith('_general1400_as_ci')) {
    candidates.push(`${charset}_general_ci`);
  }
  if (collation.startsWith('utf8mb3_')) candidates.push(collation.replace('utf8mb3_', 'utf8_'));
  if (collation.startsWith('utf8_')) candidates.push(collation.replace('utf8_', 'utf8mb3_'));
  if (collation.endsWith('_bin')) candidates.push(`${charset}_bin`);
  else candidates.push(`${charset}_unicode_520_ci`, `${charset}_unicode_ci`, `${charset}_general_ci`);
  candidates.push(`${charset}_bin`);
  return [...new Set(candidates)].filter((name) => name !== collation);
}

/** Character sets to try in place of one the server does not know. */
export function charsetCandidates(charset: string): string[] {
  if (charset === 'utf8mb3') return ['utf8'];
  if (charset === 'utf8') return ['utf8mb3', 'utf8mb4'];
  return [];
}
