import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CallingNode, ForNodes, type NodePrincipal } from '../../common/http/index.js';
import { HeartbeatAnswerDto, HeartbeatDto, RotateAnswerDto } from './dto/heartbeat.dto.js';
import { HeartbeatService } from './heartbeat.service.js';
import { NodeKeys } from './node-keys.js';

/** What nodes tell of themselves. */
@ApiTags('node protocol')
@ForNodes()
@Controller('node')
export class NodeController {
  constructor(
    private readonly heartbeats: HeartbeatService,
    private readonly keys: NodeKeys,
  ) {}

  /** The node is there. Answers with what it must know, and when the next one is expected. */
  @Post('heartbeat')
  @HttpCode(200)
  heartbeat(@CallingNode() node: NodePrincipal, @Body() body: HeartbeatDto): Promise<HeartbeatAnswerDto> {
    return this.heartbeats.take(node, body);
  }

  /** Another key for the node. The present one works until the new one is used; asked for again it is another one. */
  @Post('key/rotate')
  @HttpCode(200)
  async rotate(@CallingNode() node: NodePrincipal): Promise<RotateAnswerDto> {
    return { key: await this.keys.rotate(node) };
  }
}
