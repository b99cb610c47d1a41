import { IsBoolean, IsOptional, IsString, IsUrl, Length, Matches } from 'class-validator';
import { mustBe } from '../../../common/http/index.js';

/** Settings of the mirror; absent ones stay. The first time account, database and token are needed. */
export class MirrorSettingsDto {
  /** Whether changes are sent. */
  @IsOptional()
  @IsBoolean()
  enabled?: boolean;

  /** @example '023e105f4ecef8ad9ca31a8372d0c353' */
  @IsOptional()
  @IsString()
  @Matches(/^[\w-]{1,64}$/, mustBe('the id as Cloudflare shows it: up to 64 letters, digits, - and _'))
  accountId?: string;

  /** @example 'f81d4fae-7dec-11d0-a765-00a0c91e6bf6' */
  @IsOptional()
  @IsString()
  @Matches(/^[\w-]{1,64}$/, mustBe('the id as Cloudflare shows it: up to 64 letters, digits, - and _'))
  databaseId?: string;

  /** Cloudflare's API, or something that speaks like it. */
  @IsOptional()
  @IsUrl(
    { require_tld: false, protocols: ['http', 'https'], require_protocol: true },
    { message: '$property must be an address that begins with https:// or http://' },
  )
  baseUrl?: string;

  /** Names this server among those that share the database. Never the same for two. */
  @IsOptional()
  @IsString()
  @Matches(/^[\w.-]{1,100}$/, mustBe('up to 100 letters, digits, dots, - and _'))
  serverId?: string;

  /** Needs the permission "D1: Edit". Sealed, never shown again. */
  @IsOptional()
  @IsString()
  @Length(1, 500)
  apiToken?: string;
}

export class MirrorFaultDto {
  code!: string;
  message!: string;
  hint!: string | null;
  at!: string;
}

export class MirrorStatusDto {
  lastSuccessAt!: string | null;
  /** Since when changes do not get through; null when all is well. */
  behindSince!: string | null;
  /** Rows to be sent or deleted now; null when they are too many to be counted quickly. */
  rowsWaiting!: number | null;
  /** Rows written and deleted since the mirror was set up. */
  rowsSent!: number;
  rowsDeleted!: number;
  /** When the rows in D1 were last counted. */
  auditedAt!: string | null;
  lastError!: MirrorFaultDto | null;
}

/** The mirror. All but `configured` is null when there is none. */
export class MirrorDto {
  configured!: boolean;
  enabled!: boolean | null;
  accountId!: string | null;
  databaseId!: string | null;
  baseUrl!: string | null;
  serverId!: string | null;
  status!: MirrorStatusDto | null;
}

/** All that was tried worked. */
export class MirrorTestDto {
  ok!: boolean;
  /** Servers that have rows in the database. */
  servers!: string[];
  durationMs!: number;
}

export class MirrorSyncRequestDto {
  /** Do it although (nearly) everything would go from the mirror. */
  @IsOptional()
  @IsBoolean()
  force?: boolean;
}

/** What a run did. */
export class MirrorSyncDto {
  sent!: number;
  deleted!: number;
  /** Rows that D1 would not take for their size. */
  tooLarge!: number;
  durationMs!: number;
}

export class MirrorRestoreRequestDto {
  /** Whose rows; those of the set server when not given. The mirror goes on under this name. */
  @IsOptional()
  @IsString()
  @Matches(/^[\w.-]{1,100}$/, mustBe('up to 100 letters, digits, dots, - and _'))
  serverId?: string;

  /** Load although this secret.key does not open the credentials: they must be entered again. */
  @IsOptional()
  @IsBoolean()
  withoutKey?: boolean;
}

export class MirrorTableDto {
  table!: string;
  rows!: number;
}

/** What was brought back. */
export class MirrorRestoreDto {
  serverId!: string;
  rows!: MirrorTableDto[];
  /** What a person should know: columns left out, providers replaced. */
  notes!: string[];
}
