import { ApiProperty } from '@nestjs/swagger';
import { IsInt, IsOptional, IsNumber, Max, Min } from 'class-validator';

const MOST_BYTES = Number.MAX_SAFE_INTEGER;

/** How often stored objects are read back. What is left out is as by default: no budget. */
export class ProofSettingsDto {
  /** Every byte of every copy is read again within so many days. */
  @IsInt()
  @Min(1)
  @Max(3650)
  @ApiProperty({ example: 30 })
  everyDays!: number;

  /** Read at most so many bytes a day of each storage, even if it is too little. Null: as many as it takes. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MOST_BYTES)
  @ApiProperty({ type: Number, nullable: true, required: false, example: null })
  budgetBytes?: number | null;

  /** Read at most so many minutes a day of each storage, even if it is too little. Null: as long as it takes. */
  @IsOptional()
  @IsNumber()
  @Min(1)
  @Max(1440)
  @ApiProperty({ type: Number, nullable: true, required: false, example: null })
  budgetMinutes?: number | null;
}

/** How much to read now, of each storage. Without both: ten minutes. An object that was begun is read to its end. */
export class RunProofDto {
  @IsOptional()
  @IsNumber()
  @Min(0.01)
  @Max(1440)
  minutes?: number;

  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MOST_BYTES)
  bytes?: number;
}

/** Why reading ended early, or what was wrong with the last object that could not be read. */
export class ProofErrorDto {
  code!: string;
  message!: string;
}

/** What was read lately. */
export class ProofPortionDto {
  startedAt!: string;
  finishedAt!: string;
  objects!: number;
  bytes!: number;
  damaged!: number;
  missing!: number;
  /** Could not be read: nothing is known of them, and they are tried again. */
  unreadable!: number;
  @ApiProperty({ type: ProofErrorDto, nullable: true })
  error!: ProofErrorDto | null;
}

/** The object that is read next. */
export class NextProofDto {
  key!: string;
  /** When it is read at the latest, if the budget allows. */
  dueAt!: string;
}

/** How fresh the proofs of one storage are. */
export class ProviderProofDto {
  providerId!: string;
  providerName!: string;
  objects!: number;
  bytes!: number;
  damaged!: number;
  missing!: number;
  /** Not read since they were stored. */
  neverRead!: number;
  /** Not read for longer than `everyDays`. */
  overdue!: number;
  /** The oldest proof: when that object was last read, or stored when it was never read. */
  @ApiProperty({ type: String, nullable: true })
  oldestProofAt!: string | null;
  /** Share of the bytes that were read within `everyDays`: 0 to 1. */
  shareReadInTime!: number;
  /** Whether everything is read within `everyDays`, with this budget, as long as backupd runs. Null: the speed is not known yet. */
  @ApiProperty({ type: Boolean, nullable: true })
  guaranteed!: boolean | null;
  /** What that takes. */
  needsBytesPerDay!: number;
  /** How fast it was read lately. */
  @ApiProperty({ type: Number, nullable: true })
  bytesPerSecond!: number | null;
  @ApiProperty({ type: NextProofDto, nullable: true })
  next!: NextProofDto | null;
  /** Whether it is read at this moment, by the master that answers. */
  running!: boolean;
  @ApiProperty({ type: ProofPortionDto, nullable: true })
  last!: ProofPortionDto | null;
}

/** How fresh the proofs are that stored objects can be read back. */
export class ProofDto {
  everyDays!: number;
  @ApiProperty({ type: Number, nullable: true })
  budgetBytes!: number | null;
  @ApiProperty({ type: Number, nullable: true })
  budgetMinutes!: number | null;
  @ApiProperty({ type: [ProviderProofDto] })
  providers!: ProviderProofDto[];
}

/** The reading has begun. */
export class ProofStartedDto {
  /** `last.startedAt` of what was read for it is not before this. */
  startedAt!: string;
}
