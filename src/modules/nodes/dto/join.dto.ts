import { ApiProperty } from '@nestjs/swagger';
import { IsString, Length, Matches } from 'class-validator';
import { MayBeAbsent, mustBe } from '../../../common/http/index.js';
import type { CollectAnswer, JoinRequest, JoinRequestAnswer } from '../../node-protocol/index.js';
import { IsNodeName } from './rules.js';

const SECRET = /^[A-Za-z0-9_-]{32,100}$/;
const SECRET_RULE = mustBe('32 to 100 letters, digits, - and _, made at random');

/** A host that asks to become a node. */
export class JoinRequestDto implements JoinRequest {
  /** How the node is to be called; the host name when absent. */
  @MayBeAbsent()
  @IsNodeName()
  name?: string;

  /** @example 'web1.example.com' */
  @Matches(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, mustBe('a host name of at most 100 characters'))
  hostname!: string;

  /** Of its backupd. */
  @IsString()
  @Length(1, 64)
  version!: string;

  /** Random text of the node's own: the key is handed out only to who knows it. */
  @Matches(SECRET, SECRET_RULE)
  secret!: string;

  /** A one-time token: approves the request at once. */
  @MayBeAbsent()
  @IsString()
  @Length(1, 100)
  token?: string;
}

export class JoinRequestAnswerDto implements JoinRequestAnswer {
  requestId!: string;
  @ApiProperty({
    type: String,
    nullable: true,
    example: 'K7PD-3QXN',
    description: 'What an admin compares and approves; null when the token did it.',
  })
  code!: string | null;
  expiresInSeconds!: number;
}

/** Asks whether a request was decided on. */
export class CollectDto {
  /** The one that the request was made with. */
  @Matches(SECRET, SECRET_RULE)
  secret!: string;
}

export class CollectAnswerDto implements CollectAnswer {
  @ApiProperty({ enum: ['waiting', 'refused', 'expired', 'approved'] })
  status!: CollectAnswer['status'];
  /** With `approved`. */
  nodeId?: string;
  /** With `approved`. */
  name?: string;
  /** With `approved`: another one each time until one is used; then never again. */
  key?: string;
}
