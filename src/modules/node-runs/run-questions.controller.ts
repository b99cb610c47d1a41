import { Body, Controller, HttpCode, Post, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiConflictResponse, ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { CallingNode, ForNodes, IdParam, type NodePrincipal, ProblemDto, signalOf } from '../../common/http/index.js';
import type {
  BeginAnswer,
  DamagedAnswer,
  EarlierBackupFacts,
  HooksAnswer,
  ParentsAnswer,
} from '../node-protocol/index.js';
import {
  AdmitRequestDto,
  BeginRequestDto,
  CommitRequestDto,
  DamagedRequestDto,
  HooksRequestDto,
  ParentsRequestDto,
} from './dto/run-questions.dto.js';
import { RunCommit } from './run-commit.js';
import { RunHooks } from './run-hooks.js';
import { RunQuestions } from './run-questions.js';
import { RunScope } from './run-scope.js';

/** What a backup on a node asks the catalogue, and how it enters it. */
@ApiTags('node protocol')
@ApiBearerAuth()
@ForNodes()
@ApiConflictResponse({ type: ProblemDto, description: 'JOB_LOST' })
@Controller('node/runs/:runId')
export class RunQuestionsController {
  constructor(
    private readonly scope: RunScope,
    private readonly questions: RunQuestions,
    private readonly commits: RunCommit,
    private readonly hooks: RunHooks,
  ) {}

  @Post('parents')
  @HttpCode(200)
  @ApiOperation({ summary: 'The newest backups of the site that all of these storages have' })
  async parents(
    @CallingNode() node: NodePrincipal,
    @IdParam('runId') runId: string,
    @Body() body: ParentsRequestDto,
  ): Promise<ParentsAnswer> {
    const job = await this.scope.backup(node, runId);
    return { backups: await this.questions.parents(job, body) };
  }

  @Post('parents/:backupId')
  @HttpCode(200)
  @ApiOperation({ summary: 'One backup of the site' })
  async parent(
    @CallingNode() node: NodePrincipal,
    @IdParam('runId') runId: string,
    @IdParam('backupId') backupId: string,
  ): Promise<EarlierBackupFacts> {
    return this.questions.parent(await this.scope.backup(node, runId), backupId);
  }

  @Post('damaged')
  @HttpCode(200)
  @ApiOperation({ summary: 'Which of the bundles are known to be damaged or missing' })
  async damaged(
    @CallingNode() node: NodePrincipal,
    @IdParam('runId') runId: string,
    @Body() body: DamagedRequestDto,
  ): Promise<DamagedAnswer> {
    return { keys: await this.questions.damaged(await this.scope.backup(node, runId), body) };
  }

  @Post('begin')
  @HttpCode(200)
  @ApiOperation({ summary: 'Ask whether the backup may begin' })
  async begin(
    @CallingNode() node: NodePrincipal,
    @IdParam('runId') runId: string,
    @Body() body: BeginRequestDto,
    @Res({ passthrough: true }) response: Response,
  ): Promise<BeginAnswer> {
    return this.questions.begin(await this.scope.backup(node, runId), body, signalOf(response));
  }

  @Post('admit')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Ask whether the storage may take so many bytes',
    description: 'May take as long as backups that retention lets go are deleted to make room. Idempotent.',
  })
  async admit(
    @CallingNode() node: NodePrincipal,
    @IdParam('runId') runId: string,
    @Body() body: AdmitRequestDto,
    @Res({ passthrough: true }) response: Response,
  ): Promise<BeginAnswer> {
    return this.questions.admit(await this.scope.backup(node, runId), body, signalOf(response));
  }

  @Post('hooks')
  @HttpCode(200)
  @ApiOperation({ summary: 'Run the hooks before or after a stage', description: 'Once for each moment of a run.' })
  async runHooks(
    @CallingNode() node: NodePrincipal,
    @IdParam('runId') runId: string,
    @Body() { moment }: HooksRequestDto,
  ): Promise<HooksAnswer> {
    return this.hooks.run(await this.scope.held(node, runId), moment);
  }

  @Post('commit')
  @HttpCode(204)
  @ApiOperation({
    summary: 'Enter the backup into the catalogue',
    description: 'The master looks at every copy itself before. Idempotent.',
  })
  @ApiNoContentResponse()
  async commit(
    @CallingNode() node: NodePrincipal,
    @IdParam('runId') runId: string,
    @Body() body: CommitRequestDto,
    @Res({ passthrough: true }) response: Response,
  ): Promise<void> {
    await this.commits.commit(await this.scope.backup(node, runId), body, signalOf(response));
  }
}
