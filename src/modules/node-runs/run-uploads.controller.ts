import { Body, Controller, Header, HttpCode, Post, Put, Query, Req, Res } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiBody,
  ApiConflictResponse,
  ApiConsumes,
  ApiForbiddenResponse,
  ApiNoContentResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { CallingNode, ForNodes, IdParam, type NodePrincipal, ProblemDto, signalOf } from '../../common/http/index.js';
import type { ObjectFacts, PartsAnswer, UploadAnswer, UploadedPart } from '../node-protocol/index.js';
import {
  AbortRequestDto,
  CompleteRequestDto,
  PartsRequestDto,
  PutPartQueryDto,
  UploadRequestDto,
} from './dto/run-objects.dto.js';
import { RunScope } from './run-scope.js';
import { RunUploads } from './run-uploads.js';

/** How the objects of a node's backup come to a storage. */
@ApiTags('node protocol')
@ApiBearerAuth()
@ForNodes()
@ApiConflictResponse({ type: ProblemDto, description: 'JOB_LOST, NODE_BACKUP_MADE' })
@ApiForbiddenResponse({ type: ProblemDto, description: 'NODE_KEY_FORBIDDEN, NODE_STORAGE_FORBIDDEN' })
@Controller('node/runs/:runId')
export class RunUploadsController {
  constructor(
    private readonly scope: RunScope,
    private readonly uploads: RunUploads,
  ) {}

  @Post('uploads')
  @HttpCode(200)
  @ApiOperation({ summary: 'Begin an upload, or go on with it' })
  async begin(
    @CallingNode() node: NodePrincipal,
    @IdParam('runId') runId: string,
    @Body() body: UploadRequestDto,
    @Res({ passthrough: true }) response: Response,
  ): Promise<UploadAnswer> {
    return this.uploads.begin(await this.scope.backup(node, runId), body, signalOf(response));
  }

  @Post('uploads/parts')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'How to send parts straight to the storage' })
  async parts(
    @CallingNode() node: NodePrincipal,
    @IdParam('runId') runId: string,
    @Body() body: PartsRequestDto,
  ): Promise<PartsAnswer> {
    return this.uploads.parts(await this.scope.backup(node, runId), body);
  }

  @Put('parts')
  @ApiOperation({ summary: 'Send a part through the master' })
  @ApiConsumes('application/octet-stream')
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  async put(
    @CallingNode() node: NodePrincipal,
    @IdParam('runId') runId: string,
    @Query() query: PutPartQueryDto,
    @Req() request: Request,
  ): Promise<UploadedPart> {
    return this.uploads.put(await this.scope.backup(node, runId), query, request);
  }

  @Post('uploads/complete')
  @HttpCode(200)
  @ApiOperation({ summary: 'Make the parts one object', description: 'Idempotent.' })
  async complete(
    @CallingNode() node: NodePrincipal,
    @IdParam('runId') runId: string,
    @Body() body: CompleteRequestDto,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ObjectFacts> {
    return this.uploads.complete(await this.scope.backup(node, runId), body, signalOf(response));
  }

  @Post('uploads/abort')
  @HttpCode(204)
  @ApiOperation({ summary: 'End an upload; what came of it goes', description: 'Idempotent.' })
  @ApiNoContentResponse()
  async abort(
    @CallingNode() node: NodePrincipal,
    @IdParam('runId') runId: string,
    @Body() body: AbortRequestDto,
  ): Promise<void> {
    await this.uploads.abort(await this.scope.backup(node, runId), body);
  }
}
