import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsEnum,
  IsOptional,
  IsUUID,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { MayBeAbsent, PageDto, Role } from '../../../common/http/index.js';
import type { User } from '../user.entity.js';
import { IsAddress, IsPassword, IsUserName } from './rules.js';

/** Which sites a user may see and touch; with both lists empty, none. */
export class RestrictionDto {
  @IsArray()
  @ArrayMaxSize(5000)
  @IsUUID(undefined, { each: true })
  siteIds!: string[];

  /** All sites that are on these nodes, also those that come to be there. */
  @IsArray()
  @ArrayMaxSize(1000)
  @IsUUID(undefined, { each: true })
  nodeIds!: string[];
}

/** A user to make. */
export class CreateUserDto {
  /**
   * To sign in with.
   * @example 'bernd'
   */
  @IsUserName()
  name!: string;

  /** What the user may do: viewers read, operators also back up and restore, admins also manage. */
  @IsEnum(Role)
  role!: Role;

  /** To have the password reset by mail. */
  @IsOptional()
  @IsAddress()
  @ApiProperty({ type: String, nullable: true, required: false, example: 'bernd@example.com' })
  email?: string | null;

  /** At least 10 characters; when absent, the answer has a link to set one. */
  @MayBeAbsent()
  @IsPassword()
  password?: string;

  /** The only sites that the user may see and touch; absent or null = all. Not for admins. */
  @IsOptional()
  @ValidateNested()
  @Type(() => RestrictionDto)
  @ApiProperty({ type: RestrictionDto, nullable: true, required: false })
  restriction?: RestrictionDto | null;
}

/** What to change; what is absent stays. */
export class UpdateUserDto {
  @MayBeAbsent()
  @IsUserName()
  name?: string;

  /** Null = none. */
  @IsOptional()
  @IsAddress()
  @ApiProperty({ type: String, nullable: true, required: false })
  email?: string | null;

  @MayBeAbsent()
  @IsEnum(Role)
  role?: Role;

  /** Null = none: all sites. */
  @ValidateIf(({ restriction }: UpdateUserDto) => restriction !== undefined && restriction !== null)
  @ValidateNested()
  @Type(() => RestrictionDto)
  @ApiProperty({ type: RestrictionDto, nullable: true, required: false })
  restriction?: RestrictionDto | null;

  /** A disabled user can't sign in, and is signed out everywhere. */
  @MayBeAbsent()
  @IsBoolean()
  disabled?: boolean;
}

/** A user. */
export class UserDto {
  id!: string;
  name!: string;
  @ApiProperty({ type: String, nullable: true })
  email!: string | null;
  @ApiProperty({ enum: Role, enumName: 'Role' })
  role!: Role;
  @ApiProperty({ type: RestrictionDto, nullable: true })
  restriction!: RestrictionDto | null;
  /** Whether signing in needs a code. */
  secondFactor!: boolean;
  disabled!: boolean;
  createdAt!: string;
  @ApiProperty({ type: String, nullable: true })
  lastSeenAt!: string | null;

  static of(user: User): UserDto {
    return {
      id: user.id,
      name: user.name,
      email: user.email ?? null,
      role: user.role,
      restriction: user.restriction ?? null,
      secondFactor: (user.sealedTotp ?? null) !== null,
      disabled: user.disabled,
      createdAt: user.createdAt.toISOString(),
      lastSeenAt: user.lastSeenAt?.toISOString() ?? null,
    };
  }
}

/** The secret part of a link `<server>/#/reset/<token>`, shown this once. */
export class ResetLinkDto {
  token!: string;
  expiresAt!: string;
}

/** A user that was made. */
export class CreatedUserDto extends UserDto {
  /** To set a password with, where none was given. */
  @ApiProperty({ type: ResetLinkDto, nullable: true })
  reset!: ResetLinkDto | null;
}

export class UserPageDto extends PageDto {
  @ApiProperty({ type: [UserDto] })
  items!: UserDto[];
}
