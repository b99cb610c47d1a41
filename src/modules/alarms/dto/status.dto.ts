import { ApiProperty } from '@nestjs/swagger';
import { AlarmKind } from '../alarm.entity.js';
import { AlarmDto } from './alarm.dto.js';

/** Sites by how they are. */
export class SitesStatusDto {
  @ApiProperty({ description: 'Those that are not paused.' })
  total!: number;
  @ApiProperty({ description: 'With a backup that an enabled storage has whole, and no open alarm.' })
  safe!: number;
  paused!: number;
}

/** A site that has nothing to restore, although no alarm says so (yet). */
export class UnsafeSiteDto {
  id!: string;
  name!: string;
}

/** Open alarms by severity; the acknowledged ones by themselves. */
export class AlarmsStatusDto {
  critical!: number;
  warning!: number;
  acknowledged!: number;
}

/** Whether all is well. */
export class StatusDto {
  @ApiProperty({
    enum: ['ok', 'warning', 'critical'],
    description:
      '`critical` and `warning` as the worst open alarm that nobody has acknowledged; `warning` also when a site is not safe, when all schedules of backups are paused, and when something could not be looked at.',
  })
  level!: 'ok' | 'warning' | 'critical';
  @ApiProperty({ example: 'All 42 sites are safe. Last proof: 2026-03-01 04:10 UTC.' })
  sentence!: string;
  sites!: SitesStatusDto;
  alarms!: AlarmsStatusDto;
  @ApiProperty({ type: String, nullable: true, description: 'When a stored object was last read back and right.' })
  lastProofAt!: string | null;
  @ApiProperty({
    type: [AlarmDto],
    description: 'The worst and newest open alarms that nobody has acknowledged, 20 at most.',
  })
  open!: AlarmDto[];
  @ApiProperty({
    type: [UnsafeSiteDto],
    description:
      'Sites without a backup that an enabled storage has whole and without an open alarm, by name, 20 at most.',
  })
  withoutBackup!: UnsafeSiteDto[];
  @ApiProperty({ description: 'Schedules of backups that are paused.' })
  pausedSchedules!: number;
  @ApiProperty({
    enum: AlarmKind,
    isArray: true,
    description:
      'Kinds of alarms that this server could not look at lately: nothing is known of them. Its log says why.',
  })
  blindTo!: AlarmKind[];
}
