import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsNumber, IsObject, Max, Min, ValidateNested } from 'class-validator';
import { MayBeAbsent, PageDto } from '../../../common/http/index.js';
import { RetentionPolicyDto } from '../../sites/index.js';

/** What to change of the default; absent fields stay. */
export class SetRetentionDto {
  /** The whole policy for every site without one of its own. */
  @ApiPropertyOptional({ type: RetentionPolicyDto })
  @MayBeAbsent()
  @IsObject()
  @ValidateNested()
  @Type(() => RetentionPolicyDto)
  policy?: RetentionPolicyDto;

  /** Hours from the decision that a backup goes to its deletion. What was let go before keeps its `expiresAt`. */
  @ApiPropertyOptional({ example: 24 })
  @MayBeAbsent()
  @IsNumber()
  @Min(0)
  @Max(8760)
  graceHours?: number;
}

/** The default policy. */
export class RetentionDto {
  @ApiProperty({ type: RetentionPolicyDto, nullable: true, description: 'Null: nobody has set one.' })
  policy!: RetentionPolicyDto | null;
  @ApiProperty({
    description:
      'Hours from the decision that a backup goes to its deletion. A change holds for what is let go from then on: `expiresAt` of others stays.',
  })
  graceHours!: number;
  @ApiProperty({ type: RetentionPolicyDto, description: 'A sensible start; nothing is deleted by it until it is set.' })
  suggested!: RetentionPolicyDto;
  @ApiProperty({ description: 'Whether the default lets anything go.' })
  deletes!: boolean;
  @ApiProperty({ description: 'The same in a sentence.', example: 'No policy is set: nothing is deleted.' })
  note!: string;
}

/** A policy to try. */
export class PreviewRetentionDto {
  @ApiProperty({ type: RetentionPolicyDto })
  @IsObject()
  @ValidateNested()
  @Type(() => RetentionPolicyDto)
  policy!: RetentionPolicyDto;
}

/** What happens to one backup, and why. */
export class RetentionVerdictDto {
  backupId!: string;
  createdAt!: string;
  @ApiProperty({ enum: ['keep', 'expire'] })
  action!: 'keep' | 'expire';
  @ApiProperty({
    type: [String],
    description: 'Every rule that keeps it; for one that goes, why none does.',
    example: ['daily 3 of 7: 2026-11-24'],
  })
  reasons!: string[];
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'When it is deleted, where retention has let it go already.',
  })
  expiresAt!: string | null;
  @ApiProperty({
    description: 'What becomes free with it on all storages, in bytes, when the expired ones go oldest first.',
  })
  freedBytes!: number;
}

export class FreedDto {
  providerId!: string;
  providerName!: string | null;
  bytes!: number;
  objects!: number;
}

/** What a policy keeps of a site's backups and what it lets go; newest first. */
export class RetentionPreviewDto extends PageDto {
  @ApiProperty({ type: RetentionPolicyDto, nullable: true })
  policy!: RetentionPolicyDto | null;
  @ApiProperty({ enum: ['site', 'default', 'none', 'preview'], description: 'Where the policy comes from.' })
  source!: 'site' | 'default' | 'none' | 'preview';
  note!: string;
  graceHours!: number;
  kept!: number;
  expired!: number;
  @ApiProperty({ description: 'What becomes free on all storages, in bytes: objects that no kept backup needs.' })
  freedBytes!: number;
  @ApiProperty({ type: [FreedDto] })
  freed!: FreedDto[];
  @ApiProperty({ type: [RetentionVerdictDto] })
  items!: RetentionVerdictDto[];
}

/** What applying the policy has done. */
export class RetentionRunDto {
  @ApiProperty({ description: 'Let go now: deleted when the grace is over.' })
  expired!: number;
  @ApiProperty({ description: 'Let go before, and wanted again.' })
  takenBack!: number;
  @ApiProperty({ description: 'Grace over: deleted everywhere.' })
  removed!: number;
  @ApiProperty({ description: 'Grace over, but a running backup or a storage is waited for; done later by itself.' })
  waiting!: number;
}
