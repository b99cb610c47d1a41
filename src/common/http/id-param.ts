import { type ArgumentMetadata, Injectable, Param, type PipeTransform } from '@nestjs/common';
import { isId } from '../ids.js';
import { invalidField } from './request-errors.js';

@Injectable()
class IdPipe implements PipeTransform<string, string> {
  transform(value: string, { data }: ArgumentMetadata): string {
    if (!isId(value)) throw invalidField(data ?? 'id', `${data ?? 'id'} must be a UUID`);
    return value.toLowerCase();
  }
}

/** An id in the path (`:id` unless named otherwise), checked to be a UUID. */
export const IdParam = (name = 'id'): ParameterDecorator => Param(name, IdPipe);
