import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, getSchemaPath, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { ACCESS_EXTENSION, PROBLEM_JSON, ProblemDto } from './common/http/index.js';
import { version } from './common/version.js';

type PathItem = OpenAPIObject['paths'][string];
type Operation = NonNullable<PathItem['get']>;

/** What `ApiBearerAuth()` names. */
const SCHEME = 'bearer';

const tags: Readonly<Record<string, string>> = {
  scan: 'Finding sites on this host.',
  sites: 'The registered sites.',
  backups: 'Finished backups: browse, download, delete.',
  restore: 'Bringing a backup back.',
  retention: 'Which backups are kept.',
  quota: 'How much may be stored.',
  schedules: 'What happens by itself, and when.',
  jobs: 'What runs, ran, or waits.',
  events: 'What happens, as a stream (server-sent events, or a WebSocket).',
  alarms: 'What is wrong, and whether anything is.',
  metrics: 'For Prometheus.',
  storage: 'Where backups are kept.',
  catalogue: 'Backup of the catalogue itself, and its rebuilding from a storage.',
  nodes: 'Other hosts that run backupd, and do the work there.',
  'node protocol': 'What nodes ask and tell; for them alone.',
  mirror: 'The off-site mirror of the catalogue in Cloudflare D1.',
  notifications: 'News that arrives: channels, rules, deliveries.',
  modules: 'The kinds of sites that can be backed up.',
  resources: 'What the jobs of this host share.',
  hooks: 'What is done at the moments of a job.',
  audit: 'Who did what from where.',
  tokens: 'Access for programs.',
  users: 'The accounts of people.',
  account: 'The caller’s own account.',
  session: 'Signing in and out, in a browser.',
  secrets: 'The keys that seal stored credentials.',
  health: 'Whether this server works, for load balancers and orchestrators.',
  doctor: 'Whether this host has what backups need.',
  daemon: 'The original interface, in its snake_case.',
};

/** The API's description, made from the controllers and DTOs. Complete only in a build: the plugin works there. */
export function describeApi(app: INestApplication): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setTitle('backupd')
    .setDescription(
      [
        'Finds the sites of a host, backs them up, proves it, restores them.',
        'Every request but `GET /daemon/health`, `/health/live`, `/health/ready`, `/session` and those with which a host asks to become a node needs a token, or the session of who has signed in; its role (viewer < operator < admin) decides what it may do.',
        'Every error is RFC 9457 problem details, `application/problem+json`, with a stable `code`.',
        'Lists take `limit` and `offset`. Times are UTC, ids are UUIDs, sizes are bytes.',
      ].join('\n\n'),
    )
    .setVersion(version)
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'An API token, `bkd_…`.' }, SCHEME)
    .addSecurityRequirements(SCHEME);
  for (const [name, about] of Object.entries(tags)) builder.addTag(name, about);
  const document = SwaggerModule.createDocument(app, builder.build(), {
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}_${method}`,
    extraModels: [ProblemDto],
  });
  for (const item of Object.values(document.paths)) for (const operation of operationsOf(item)) complete(operation);
  return document;
}

/** Serves the description at `/docs` and `/docs-json`: open, as it holds nothing of this server. */
export function serveDocs(app: INestApplication): void {
  SwaggerModule.setup('docs', app, () => describeApi(app), {
    jsonDocumentUrl: 'docs-json',
    customSiteTitle: 'backupd API',
    swaggerOptions: { persistAuthorization: true, tagsSorter: 'alpha' },
  });
}

function operationsOf(item: PathItem): Operation[] {
  const { get, put, post, patch, delete: remove } = item;
  return [get, put, post, patch, remove].filter((operation) => operation !== undefined);
}

/** Adds what holds for every operation: who may call it, and how it fails. */
function complete(operation: Operation): void {
  splitSummary(operation);
  const rule: unknown = Object.entries(operation).find(([key]) => key === ACCESS_EXTENSION)?.[1];
  const open = rule === 'public';
  if (open) operation.security = [];
  else if (typeof rule === 'string') {
    const needs = rule === 'node' ? 'For nodes, with their own key.' : `Needs the role \`${rule}\`.`;
    operation.description = [operation.description, needs].filter(Boolean).join('\n\n');
  }
  operation.responses = {
    ...operation.responses,
    ...(open ? {} : { 401: problem('No valid token.'), 403: problem('The role of the token is too low.') }),
    default: problem('Any other error; its `code` says which.'),
  };
}

/** A handler's comment is its summary; what goes beyond the first sentence is the description. */
function splitSummary(operation: Operation): void {
  const text = operation.summary?.replace(/\s+/g, ' ').trim();
  const parts = text === undefined ? null : /^(.+?)\.(?: (.+))?$/.exec(text);
  if (parts?.[1] === undefined) return;
  operation.summary = parts[1];
  const description = [parts[2], operation.description].filter(Boolean).join('\n\n');
  if (description !== '') operation.description = description;
}

function problem(description: string): NonNullable<Operation['responses'][string]> {
  return { description, content: { [PROBLEM_JSON]: { schema: { $ref: getSchemaPath(ProblemDto) } } } };
}
