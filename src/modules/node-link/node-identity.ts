import { X509Certificate } from 'node:crypto';
import { constants } from 'node:fs';
import { access, chown, mkdir, readFile, stat } from 'node:fs/promises';
import { AppError, errnoOf } from '../../common/errors/index.js';
import type { AppConfig, DataPaths } from '../../config/index.js';
import { writeJsonDurably } from '../../engine/runner/index.js';
import { identityUnreadable, nodeNotJoined } from './node-link.errors.js';
import type { MasterPlace } from './trust.js';

/** What `node.json` keeps: the master of this node and the node's key. Holds a secret: never log it whole. */
export interface NodeIdentity {
  master: MasterPlace;
  key: string;
  nodeId: string | null;
  name: string | null;
}

/** Who this node is, as it was joined or configured. */
export interface ResolvedIdentity extends NodeIdentity {
  /** The configuration names the key: it can't be rotated from here. */
  isKeyConfigured: boolean;
}

/** What is stored; null when this host was never joined. Error: NODE_IDENTITY_UNREADABLE. */
export async function readIdentity({ node: file }: DataPaths): Promise<NodeIdentity | null> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw identityUnreadable(file, error);
  }
  try {
    return identityOf(JSON.parse(text));
  } catch (error) {
    throw identityUnreadable(file, error);
  }
}

/** Makes the data dir where it is missing and sees that a key can be stored there. Error: DATA_DIR_NOT_WRITABLE. */
export async function prepareFolder({ root }: DataPaths): Promise<void> {
  try {
    await mkdir(root, { recursive: true, mode: 0o711 });
    await access(root, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new AppError({
      code: 'DATA_DIR_NOT_WRITABLE',
      kind: 'precondition',
      message: `The data dir ${root} can't be made or written to (${errnoOf(error) ?? 'unknown error'}).`,
      hint: 'Run the command as the user of the node (or root), or give another folder with --data-dir.',
      retry: 'never',
      context: { dataDir: root },
      cause: error,
    });
  }
}

/** Stores it durably, mode 0600, for whom the data dir belongs to. */
export async function writeIdentity({ node: file, root }: DataPaths, identity: NodeIdentity): Promise<void> {
  await writeJsonDurably(file, identity);
  if (process.getuid?.() !== 0) return;
  // Joined by root for a service that runs as another user.
  const { uid, gid } = await stat(root);
  await chown(file, uid, gid);
}

/** What is stored, under what the configuration says. Errors: NODE_NOT_JOINED, NODE_IDENTITY_UNREADABLE, MASTER_CA_INVALID. */
export async function resolveIdentity(config: AppConfig): Promise<ResolvedIdentity> {
  const { masterUrl, apiKey, masterTrust } = config;
  const isWholly = masterUrl !== null && apiKey !== null;
  const stored = await readIdentity(config.paths).catch((error: unknown) => {
    if (isWholly) return null;
    throw error;
  });
  const url = masterUrl ?? stored?.master.url;
  const key = apiKey ?? stored?.key;
  if (url === undefined || key === undefined) throw nodeNotJoined(config.dataDir);
  const isTrustConfigured = masterTrust.caFile !== null || masterTrust.fingerprint !== null;
  return {
    master: {
      url,
      ca: isTrustConfigured ? await certificatesOf(masterTrust.caFile) : (stored?.master.ca ?? null),
      fingerprint: isTrustConfigured ? masterTrust.fingerprint : (stored?.master.fingerprint ?? null),
      allowHttp: masterTrust.allowHttp || stored?.master.allowHttp === true,
    },
    key,
    nodeId: apiKey === null ? (stored?.nodeId ?? null) : null,
    name: apiKey === null ? (stored?.name ?? null) : null,
    isKeyConfigured: apiKey !== null,
  };
}

/** The text of a PEM file that holds certificates; null for no file. Error: MASTER_CA_INVALID. */
export async function certificatesOf(file: string | null): Promise<string | null> {
  if (file === null) return null;
  let reason = 'it holds no certificate';
  try {
    const text = await readFile(file, 'utf8');
    const certificates = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
    if (certificates.every((certificate) => new X509Certificate(certificate).subject !== '') && certificates.length > 0)
      return `${certificates.join('\n')}\n`;
  } catch (error) {
    reason = errnoOf(error) ?? 'it is no certificate';
  }
  throw new AppError({
    code: 'MASTER_CA_INVALID',
    kind: 'usage',
    message: `The file ${file} can't be used as authority for the master's certificate (${reason}).`,
    hint: 'Give a PEM file ("-----BEGIN CERTIFICATE-----").',
    retry: 'never',
    context: { file },
  });
}

function identityOf(value: unknown): NodeIdentity {
  const { master, key, nodeId, name } = fieldsOf(value);
  const { url, ca, fingerprint, allowHttp } = fieldsOf(master);
  if (typeof url !== 'string' || typeof key !== 'string' || key === '') throw new Error('it names no master or no key');
  return {
    master: { url, ca: textOf(ca), fingerprint: textOf(fingerprint), allowHttp: allowHttp === true },
    key,
    nodeId: textOf(nodeId),
    name: textOf(name),
  };
}

const fieldsOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? { ...value } : {};
const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);
