import { once } from 'node:events';
import { pipeline } from 'node:stream/promises';
import { Body, Controller, Get, Header, HttpCode, Post, Query, Req, Res } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiConflictResponse,
  ApiForbiddenResponse,
  ApiOkResponse,
  ApiOperation,
  ApiProduces,
  ApiTags,
} from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { CallingNode, ForNodes, IdParam, type NodePrincipal, ProblemDto, signalOf } from '../../common/http/index.js';
import type { Access, StatAnswer } from '../node-protocol/index.js';
import { askedRange, writeRangeHead } from './byte-range.js';
import { ReadRequestDto, StatRequestDto } from './dto/run-objects.dto.js';
import { RunObjects } from './run-objects.js';
import { RunScope } from './run-scope.js';

/** Objects that a run of a node looks at and reads. */
@ApiTags('node protocol')
@ApiBearerAuth()
@ForNodes()
@ApiConflictResponse({ type: ProblemDto, description: 'JOB_LOST' })
@ApiForbiddenResponse({ type: ProblemDto, description: 'NODE_KEY_FORBIDDEN, NODE_STORAGE_FORBIDDEN' })
@Controller('node/runs/:runId')
export class RunObjectsController {
  constructor(
    private readonly scope: RunScope,
    private readonly objects: RunObjects,
  ) {}

  @Post('stat')
  @HttpCode(200)
  @ApiOperation({ summary: 'What a storage has of these objects' })
  async stat(
    @CallingNode() node: NodePrincipal,
    @IdParam('runId') runId: string,
    @Body() body: StatRequestDto,
    @Res({ passthrough: true }) response: Response,
  ): Promise<StatAnswer> {
    return { objects: await this.objects.stat(await this.scope.reading(node, runId), body, signalOf(response)) };
  }

  @Post('read')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'How to read an object' })
  async read(
    @CallingNode() node: NodePrincipal,
    @IdParam('runId') runId: string,
    @Body() body: ReadRequestDto,
  ): Promise<Access> {
    return this.objects.access(await this.scope.reading(node, runId), body);
  }

  @Get('objects')
  @ApiOperation({ summary: 'Read an object through the master', description: 'Takes `Range` with one range.' })
  @ApiProduces('application/octet-stream')
  @ApiOkResponse({ description: 'Its bytes, or a range of them (206).' })
  async object(
    @CallingNode() node: NodePrincipal,
    @IdParam('runId') runId: string,
    @Query() query: ReadRequestDto,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const signal = signalOf(response);
    const { size, read } = await this.objects.open(await this.scope.reading(node, runId), query, signal);
    const range = askedRange(request.headers.range, size);
    const { offset, length } = range;
    const content = await read({ offset, length });
    try {
      // A storage that fails here is told as such, and not as a master that went away: the node would wait for it.
      await once(content, 'readable');
      writeRangeHead(response, range, size);
      await pipeline(content, response);
    } catch (error) {
      // The node went away: nobody is left to be told.
      if (!signal.aborted) throw error;
    }
  }
}
