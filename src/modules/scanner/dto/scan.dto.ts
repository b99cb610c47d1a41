import { Transform, Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsInt, IsOptional, IsString, IsUUID, Max, Min } from 'class-validator';

export class ScanQueryDto {
  /**
   * Absolute path to look in; may be given more than once. The configured folders when absent.
   * @example ['/var/www']
   */
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => (Array.isArray(value) ? value : [value]))
  @IsArray()
  @ArrayMaxSize(100)
  @IsString({ each: true })
  path?: string[];

  /** How deep to look below each path. */
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(64)
  maxDepth?: number;

  /** The node to look on; this host when absent. */
  @IsOptional()
  @IsUUID()
  nodeId?: string;
}

/** What was found out about a site. */
export class FoundDescriptionDto {
  name!: string;
  url!: string | null;
  path!: string;
  facts!: Record<string, unknown>;
  unknown!: string[];
  warnings!: string[];
}

/** One find. A candidate that is no install says why. */
export class DiscoveredSiteDto {
  /** @example '/var/www/example.com' */
  path!: string;
  /** @example 'wordpress' */
  module!: string;
  isInstall!: boolean;
  /** Why it is, or is not, an install. */
  reason!: string;
  description!: FoundDescriptionDto | null;
}

export class ScanProblemDto {
  path!: string;
  message!: string;
}

export class ScanResultDto {
  items!: DiscoveredSiteDto[];
  /** What could not be read. */
  problems!: ScanProblemDto[];
  /** How many folders were looked at. */
  folders!: number;
}
