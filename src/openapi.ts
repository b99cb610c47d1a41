import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { ProblemDto } from './common/http/index.js';
import { version } from './common/version.js';

/** The API's description, made from the controllers and DTOs. Complete only in a build: the plugin works there. */
export function describeApi(app: INestApplication): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setTitle('backupd')
    .setDescription('Finds the sites of a host, backs them up, proves it, restores them.')
    .setVersion(version)
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'An API token, `bkd_…`.' }, 'token')
    .addSecurityRequirements('token');
  return SwaggerModule.createDocument(app, builder.build(), {
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}_${method}`,
    extraModels: [ProblemDto],
  });
}

/** Serves the description at `/docs` and `/docs-json`: open, as it holds nothing of this server. */
export function serveDocs(app: INestApplication): void {
  SwaggerModule.setup('docs', app, () => describeApi(app), {
    jsonDocumentUrl: 'docs-json',
    customSiteTitle: 'backupd API',
    swaggerOptions: { persistAuthorization: true, tagsSorter: 'alpha' },
  });
}
