import { Injectable } from '@nestjs/common';
import { Cron } from '@nestjs/schedule';
import { MirrorService } from './mirror.service.js';

/** Every minute, off the full minute at which all the world's timers go. */
@Injectable()
export class MirrorSchedule {
  constructor(private readonly mirror: MirrorService) {}

  @Cron('23 * * * * *', { name: 'mirror', waitForCompletion: true })
  async tick(): Promise<void> {
    await this.mirror.tick();
  }
}
