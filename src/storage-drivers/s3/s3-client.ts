import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { rootCertificates } from 'node:tls';
import * as sdk from '@aws-sdk/client-s3';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { SignatureV4 } from '@smithy/signature-v4';
import type { S3Settings } from './s3-settings.js';

const CONNECT_TIMEOUT_MS = 10_000;
/** A connection on which nothing moves for so long is given up. */
const IDLE_TIMEOUT_MS = 60_000;

const SILENT = { trace: silent, debug: silent, info: silent, warn: silent, error: silent };

/** The SDK and a client of it. This file is loaded with the first request only: the SDK takes 36 MB of memory. */
export interface S3Sdk {
  client: sdk.S3Client;
  sdk: typeof sdk;
  /** Signs what others are to send. */
  signer: SignatureV4;
}

export function openSdk(settings: S3Settings): S3Sdk {
  const tls = settings.ca === null ? {} : { ca: [...rootCertificates, settings.ca] };
  // A paused read holds its connection: a limit on them could make readers wait for each other for ever.
  const agent = { keepAlive: true, maxSockets: Number.POSITIVE_INFINITY };
  const client = new sdk.S3Client({
    region: settings.region,
    ...(settings.endpoint === null ? {} : { endpoint: settings.endpoint }),
    forcePathStyle: settings.pathStyle,
    // A copy, as the SDK writes into it.
    credentials: { ...settings.credentials },
    maxAttempts: 1,
    // A wrong clock is a fault to be told, not to be worked around: backups are named and kept by time.
    disableClockSkewCorrection: true,
    requestChecksumCalculation: settings.isAws ? 'WHEN_SUPPORTED' : 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    logger: SILENT,
    requestHandler: new NodeHttpHandler({
      connectionTimeout: CONNECT_TIMEOUT_MS,
      socketTimeout: IDLE_TIMEOUT_MS,
      httpAgent: new HttpAgent(agent),
      httpsAgent: new HttpsAgent({ ...agent, ...tls }),
    }),
  });
  const signer = new SignatureV4({
    service: 's3',
    region: settings.region,
    credentials: { ...settings.credentials },
    sha256: client.config.sha256,
    // S3 alone has its paths escaped once only.
    uriEscapePath: false,
  });
  return { client, sdk, signer };
}

function silent(): void {
  // The SDK's remarks would go to the console; what matters comes as an error.
}
