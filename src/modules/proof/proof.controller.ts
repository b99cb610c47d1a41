import { Body, Controller, Get, HttpCode, Post, Put } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiBearerAuth,
  ApiConflictResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { ProblemDto, Role, Roles } from '../../common/http/index.js';
import { ProofDto, ProofSettingsDto, ProofStartedDto, RunProofDto } from './dto/proof.dto.js';
import { ProofStatus } from './proof-status.js';
import { ProofStore } from './proof-store.js';
import { ProofService } from './proof.service.js';

const DEFAULT_MINUTES = 10;

/** Reading stored objects back, one after the other, for ever. */
@ApiTags('storage')
@ApiBearerAuth()
@Controller('proof')
export class ProofController {
  constructor(
    private readonly store: ProofStore,
    private readonly service: ProofService,
    private readonly status: ProofStatus,
  ) {}

  @Get()
  @Roles(Role.Viewer)
  @ApiOperation({ summary: 'How fresh the proofs of each storage are' })
  @ApiOkResponse({ type: ProofDto })
  async show(): Promise<ProofDto> {
    return this.status.show();
  }

  @Put()
  @Roles(Role.Admin)
  @ApiOperation({ summary: 'Change how often stored objects are read back' })
  @ApiOkResponse({ type: ProofDto })
  async set(@Body() { everyDays, budgetBytes, budgetMinutes }: ProofSettingsDto): Promise<ProofDto> {
    await this.store.setSettings({ everyDays, budgetBytes: budgetBytes ?? null, budgetMinutes: budgetMinutes ?? null });
    return this.status.show();
  }

  @Post('run')
  @HttpCode(202)
  @Roles(Role.Operator)
  @ApiOperation({
    summary: 'Read stored objects back now, those first that were not read for longest',
    description: 'In the background; `GET /proof` shows what came of it. Each object once at most.',
  })
  @ApiAcceptedResponse({ type: ProofStartedDto })
  @ApiConflictResponse({ type: ProblemDto, description: 'PROOF_ACTIVE' })
  async run(@Body() { minutes, bytes }: RunProofDto): Promise<ProofStartedDto> {
    const startedAt = new Date().toISOString();
    const byDefault = bytes === undefined ? DEFAULT_MINUTES : null;
    await this.service.run({ bytes: bytes ?? null, minutes: minutes ?? byDefault });
    return { startedAt };
  }
}
