import { Body, Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { CallingNode, ForNodes, IdParam, type NodePrincipal, signalOf } from '../../common/http/index.js';
import { NodeAccess } from '../auth/index.js';
import { ReportsAnswerDto, ReportsDto } from './dto/reports.dto.js';
import { WorkRequestDto } from './dto/work.dto.js';
import { NodeWorkService } from './node-work.service.js';
import { ReportIntake } from './report-intake.js';

@ApiTags('node protocol')
@ForNodes()
@Controller('node')
export class NodeWorkController {
  constructor(
    private readonly work: NodeWorkService,
    private readonly reports: ReportIntake,
    private readonly access: NodeAccess,
  ) {}

  /** The node's next job or task. Waits for one as long as the node likes; 204 when there is none. */
  @Post('work')
  @HttpCode(200)
  @ApiOkResponse({ description: 'A job or a task; see docs/nodes.md.' })
  @ApiNoContentResponse({ description: 'Nothing to do.' })
  async take(
    @CallingNode() node: NodePrincipal,
    @Body() dto: WorkRequestDto,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const admit = async (): Promise<void> => void (await this.access.authenticate(request));
    const work = await this.work.next(node.nodeId, dto, admit, signalOf(response));
    if (work === null) response.status(204).end();
    else response.status(200).json(work);
  }

  /** What a run tells, in order; what comes again or of a run that lost its job changes nothing. */
  @Post('runs/:runId/reports')
  @HttpCode(200)
  @ApiOkResponse({ type: ReportsAnswerDto })
  async report(
    @CallingNode() node: NodePrincipal,
    @IdParam('runId') runId: string,
    @Body() { reports }: ReportsDto,
  ): Promise<ReportsAnswerDto> {
    return { next: await this.reports.take(node.nodeId, runId, reports) };
  }
}
