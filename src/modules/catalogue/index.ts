export { CatalogueModule } from './catalogue.module.js';
export { CatalogueTasks } from './catalogue-tasks.js';
export type { CatalogueTask, TaskContext } from './catalogue-task.js';
