import { Body, Controller, HttpCode, Post, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import { ClientAddresses, IdParam, Public } from '../../common/http/index.js';
import { CollectAnswerDto, CollectDto, JoinRequestAnswerDto, JoinRequestDto } from './dto/join.dto.js';
import { JoinService } from './join.service.js';

/** The one way in without a key: open, so few and small requests of an address are taken, and nothing is told. */
@ApiTags('node protocol')
@Public()
@Controller('node/join-requests')
export class JoinController {
  constructor(
    private readonly joins: JoinService,
    private readonly addresses: ClientAddresses,
  ) {}

  /** A host asks to become a node. With a one-time token it is one at once; else it shows the code, and an admin decides within 15 minutes. */
  @Post()
  ask(@Body() body: JoinRequestDto, @Req() request: Request): Promise<JoinRequestAnswerDto> {
    return this.joins.ask(body, this.addresses.of(request));
  }

  /** Whether the request was decided on, and the key. A wrong secret, an unknown request and one whose key is in use are all `expired`. */
  @Post(':id/collect')
  @HttpCode(200)
  collect(@IdParam() id: string, @Body() body: CollectDto, @Req() request: Request): Promise<CollectAnswerDto> {
    return this.joins.collect(id, body.secret, this.addresses.of(request));
  }
}
