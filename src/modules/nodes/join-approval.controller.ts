import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import { PageQueryDto, Roles } from '../../common/http/index.js';
import { ApproveDto, NodeDto, RefusedDto, WaitingHostPageDto } from './dto/node.dto.js';
import { JoinApproval } from './join-approval.js';
import { NodesService } from './nodes.service.js';

const REQUEST = {
  name: 'id',
  description: 'The code that the host shows, or the id of the request.',
  example: 'K7PD-3QXN',
};

/** Hosts that want to become nodes. */
@ApiTags('nodes')
@Roles('admin')
@Controller('nodes/requests')
export class JoinApprovalController {
  constructor(
    private readonly joins: JoinApproval,
    private readonly nodes: NodesService,
  ) {}

  /** Lists the hosts that wait, the oldest first. */
  @Get()
  @Roles('viewer')
  async list(@Query() query: PageQueryDto): Promise<WaitingHostPageDto> {
    const page = await this.joins.list(query);
    return {
      ...page,
      items: page.items.map(({ id, code, name, hostname, version, address, createdAt, expiresAt }) => ({
        id,
        code: code ?? '',
        name,
        hostname,
        version,
        address,
        createdAt: createdAt.toISOString(),
        expiresAt: expiresAt.toISOString(),
      })),
    };
  }

  /** The host becomes a node, and fetches its key itself. Compare the code with the one that the host shows. */
  @Post(':id/approve')
  @ApiParam(REQUEST)
  async approve(@Param('id') request: string, @Body() { name }: ApproveDto): Promise<NodeDto> {
    const { id } = await this.joins.approve(request, name ?? null);
    return NodeDto.of(await this.nodes.view(id));
  }

  /** The host is told that it may not. */
  @Post(':id/refuse')
  @HttpCode(200)
  @ApiParam(REQUEST)
  async refuse(@Param('id') request: string): Promise<RefusedDto> {
    const { id, name } = await this.joins.refuse(request);
    return { id, name };
  }
}
