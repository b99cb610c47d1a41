import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Roles } from '../../common/http/index.js';
import { DoctorService } from './doctor.service.js';
import { DoctorDto } from './dto/doctor.dto.js';

@ApiTags('doctor')
@Controller('doctor')
export class DoctorController {
  constructor(private readonly doctor: DoctorService) {}

  /** Checks client programs, space, permissions, database, storage and what is known of the stored copies, and says what to fix. */
  @Roles('operator')
  @Get()
  async examine(): Promise<DoctorDto> {
    const checks = await this.doctor.examine();
    return {
      ok: checks.every((check) => check.status !== 'failed'),
      checks: checks.map(({ name, status, message, hint }) => ({ name, status, message, hint: hint ?? null })),
    };
  }
}
