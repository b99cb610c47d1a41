import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Put, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { IdParam, invalidField, Roles } from '../../common/http/index.js';
import { NodeLimitsDto } from './dto/heartbeat.dto.js';
import { NodeHistoryDto, NodeHistoryQueryDto } from './dto/history.dto.js';
import {
  NodeDetailDto,
  NodeDto,
  NodePageDto,
  NodeQueryDto,
  RemovedNodeDto,
  RemoveNodeQueryDto,
  RenameNodeDto,
} from './dto/node.dto.js';
import { NodeHistory } from './node-history.js';
import { NodeRemover } from './node-remover.js';
import { NodesService } from './nodes.service.js';

const DAY_MS = 86_400_000;
/** No more of the history is kept. */
const MOST_MS = 31 * DAY_MS;

/** The hosts that run backupd in node mode; see docs/nodes.md. */
@ApiTags('nodes')
@Roles('admin')
@Controller('nodes')
export class NodesController {
  constructor(
    private readonly nodes: NodesService,
    private readonly remover: NodeRemover,
    private readonly past: NodeHistory,
  ) {}

  /** Lists the nodes, by name. */
  @Get()
  @Roles('viewer')
  async list(@Query() query: NodeQueryDto): Promise<NodePageDto> {
    const page = await this.nodes.list(query);
    return { ...page, items: page.items.map((view) => NodeDto.of(view)) };
  }

  /** One node, with its sites and what runs on it. */
  @Get(':id')
  @Roles('viewer')
  async get(@IdParam() id: string): Promise<NodeDetailDto> {
    const view = await this.nodes.view(id);
    const { sites, jobs } = await this.nodes.contents(id);
    return Object.assign(NodeDto.of(view), { siteList: sites, jobList: jobs });
  }

  /** How busy it was, in steps of five minutes or more: at most 500 of them. Kept for 30 days. */
  @Get(':id/history')
  @Roles('viewer')
  async history(@IdParam() id: string, @Query() query: NodeHistoryQueryDto): Promise<NodeHistoryDto> {
    const to = query.to === undefined ? new Date() : new Date(query.to);
    const from = query.from === undefined ? new Date(to.getTime() - DAY_MS) : new Date(query.from);
    const length = to.getTime() - from.getTime();
    if (length <= 0 || length > MOST_MS) throw invalidField('from', 'from must be before to, by at most 31 days');
    return this.past.read(id, from, to);
  }

  /** Gives it another name. */
  @Patch(':id')
  async rename(@IdParam() id: string, @Body() { name }: RenameNodeDto): Promise<NodeDto> {
    await this.nodes.rename(id, name);
    return this.show(id);
  }

  /** Sets the master's limits for it; of these and its own the lower apply. The node knows them within seconds. */
  @Put(':id/limits')
  async limit(@IdParam() id: string, @Body() limits: NodeLimitsDto): Promise<NodeDto> {
    const { io, network, cpu, bandwidthMbps } = limits;
    await this.nodes.limit(id, { io, network, cpu, bandwidthMbps });
    return this.show(id);
  }

  /** Only its own limits apply again. */
  @Delete(':id/limits')
  async unlimit(@IdParam() id: string): Promise<NodeDto> {
    await this.nodes.limit(id, null);
    return this.show(id);
  }

  /** It is refused until it is unblocked; what it does at the master is cut off. It keeps its key. */
  @Post(':id/block')
  @HttpCode(200)
  async block(@IdParam() id: string): Promise<NodeDto> {
    await this.nodes.block(id);
    return this.show(id);
  }

  /** It may come in again. */
  @Post(':id/unblock')
  @HttpCode(200)
  async unblock(@IdParam() id: string): Promise<NodeDto> {
    await this.nodes.unblock(id);
    return this.show(id);
  }

  /** It fetches another key with its next heartbeat; the present one is worth nothing once the new one was used. */
  @Post(':id/rotate')
  @HttpCode(200)
  async rotate(@IdParam() id: string): Promise<NodeDto> {
    await this.nodes.rotate(id);
    return this.show(id);
  }

  /** Its key is worth nothing from now on, and what it does at the master is cut off. To come back the host must join again. */
  @Post(':id/revoke')
  @HttpCode(200)
  async revoke(@IdParam() id: string): Promise<NodeDto> {
    await this.nodes.revoke(id);
    return this.show(id);
  }

  /** Removes it. While it has sites it must be said what becomes of them; their backups stay, and can be restored to another node. Its jobs fail. */
  @Delete(':id')
  remove(@IdParam() id: string, @Query() { sites }: RemoveNodeQueryDto): Promise<RemovedNodeDto> {
    return this.remover.remove(id, sites ?? null);
  }

  private async show(id: string): Promise<NodeDto> {
    return NodeDto.of(await this.nodes.view(id));
  }
}
