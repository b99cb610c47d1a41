import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CallingNode, ForNodes, IdParam, type NodePrincipal } from '../../common/http/index.js';
import { TaskAnswerDto, TaskAnswerTakenDto } from './dto/task-answer.dto.js';
import { TaskAnswers } from './task-answers.js';

/** What nodes answer to what they were asked. */
@ApiTags('node protocol')
@Controller('node/tasks')
export class NodeTasksController {
  constructor(private readonly answers: TaskAnswers) {}

  /** A part of the answer to a task that this node has taken. 404 NODE_TASK_GONE: nobody waits any more, the node stops. */
  @ForNodes()
  @Post(':id/answer')
  @HttpCode(200)
  async answer(
    @CallingNode() node: NodePrincipal,
    @IdParam() id: string,
    @Body() body: TaskAnswerDto,
  ): Promise<TaskAnswerTakenDto> {
    return { next: await this.answers.take(node.nodeId, id, body) };
  }
}
