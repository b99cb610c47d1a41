import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Controller, Get, Headers, Query, Res } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiProduces, ApiTags, getSchemaPath } from '@nestjs/swagger';
import type { Response } from 'express';
import { Roles, signalOf } from '../../common/http/index.js';
import { ScanQueryDto, ScanResultDto } from './dto/scan.dto.js';
import type { ScanEvent } from './disk/index.js';
import { failureOf, ScannerService } from './scanner.service.js';

const NDJSON = 'application/x-ndjson';

@ApiTags('scan')
@Controller('scan')
export class ScannerController {
  constructor(private readonly scanner: ScannerService) {}

  /**
   * Looks for sites on this host, or on a node. With `Accept: application/x-ndjson` each find is a line, sent at once:
   * `{"type":"found"|"problem"|"progress"|"done", …}`. A client that goes away ends the scan.
   */
  @Roles('operator')
  @Get()
  @ApiProduces('application/json', NDJSON)
  @ApiExtraModels(ScanResultDto)
  @ApiOkResponse({
    content: {
      'application/json': { schema: { $ref: getSchemaPath(ScanResultDto) } },
      [NDJSON]: { schema: { type: 'string' } },
    },
  })
  async scan(
    @Query() query: ScanQueryDto,
    @Headers('accept') accept: string | undefined,
    @Res() response: Response,
  ): Promise<void> {
    const { path: roots, maxDepth, nodeId } = query;
    const events = this.scanner.scan({ roots, maxDepth, nodeId, signal: signalOf(response) });
    if (accept?.includes(NDJSON) === true) await stream(events, response);
    else response.json(await collect(events));
  }
}

async function collect(events: AsyncIterable<ScanEvent>): Promise<ScanResultDto> {
  const result: ScanResultDto = { items: [], problems: [], folders: 0 };
  for await (const event of events) {
    if (event.type === 'found') result.items.push(event.site);
    else if (event.type === 'problem') result.problems.push({ path: event.path, message: event.message });
    else result.folders = event.folders;
  }
  return result;
}

async function stream(events: AsyncGenerator<ScanEvent>, response: Response): Promise<void> {
  // Errors of the request itself come before the first event, and so with their proper status.
  const first = await events.next();
  response.status(200).setHeader('Content-Type', NDJSON);
  response.setHeader('Cache-Control', 'no-store');
  try {
    await pipeline(Readable.from(lines(first, events)), response);
  } catch (error) {
    // The client went away: the scan has ended with it.
    if (!response.destroyed) throw error;
  }
}

async function* lines(first: IteratorResult<ScanEvent>, rest: AsyncGenerator<ScanEvent>): AsyncGenerator<string> {
  try {
    if (first.done !== true) yield lineOf(first.value);
    for await (const event of rest) yield lineOf(event);
  } catch (error) {
    yield `${JSON.stringify(failureOf(error))}\n`;
  } finally {
    await rest.return(undefined);
  }
}

function lineOf(event: ScanEvent): string {
  return `${JSON.stringify(event.type === 'found' ? { type: 'found', ...event.site } : event)}\n`;
}
