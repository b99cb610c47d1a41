import { Type } from 'class-transformer';
import { IsDate, IsEnum, IsOptional, IsString, Length } from 'class-validator';
import { PageDto, Role } from '../../../common/http/index.js';

/** A token to make. */
export class CreateTokenDto {
  /**
   * What it is for.
   * @example 'deploy script'
   */
  @IsString()
  @Length(1, 100)
  name!: string;

  /** What it may do: viewers read, operators also back up and restore, admins also manage. */
  @IsEnum(Role)
  role!: Role;

  /**
   * When it ends; never when absent.
   * @example '2030-01-01T00:00:00Z'
   */
  @IsOptional()
  @Type(() => Date)
  @IsDate()
  expiresAt?: Date;
}

/** A token, without its text. */
export class TokenDto {
  id!: string;
  name!: string;
  role!: Role;
  /**
   * How its text begins.
   * @example 'bkd_x7Qa'
   */
  hint!: string;
  createdAt!: string;
  lastUsedAt!: string | null;
  expiresAt!: string | null;
}

/** A new token: the only time that its text is shown. */
export class CreatedTokenDto extends TokenDto {
  token!: string;
}

export class TokenPageDto extends PageDto {
  items!: TokenDto[];
}
