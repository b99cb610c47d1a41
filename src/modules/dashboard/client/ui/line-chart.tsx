import { useEffect, useRef } from 'preact/hooks';
import type uPlot from 'uplot';
import { day, timeOfDay } from '../lib/time.ts';
import { theme } from './theme.ts';

export interface Series {
  title: string;
  /** One for each time; null where nothing is known. */
  values: readonly (number | null)[];
}

interface LineChartProps {
  /** What it shows, in a sentence with the figures that matter: screen readers get that alone. */
  summary: string;
  /** Unix seconds, ascending. */
  times: readonly number[];
  series: readonly Series[];
  format: (value: number) => string;
  height?: number;
}

const COLORS = ['--accent', '--ok', '--warning', '--muted'];

const DAY_SECONDS = 86_400;

/** Days where a step is a day or more, else the time of day; the first of a day says which. */
function axisTime(seconds: number, step: number): string {
  const at = new Date(seconds * 1000);
  const isMidnight = at.getHours() === 0 && at.getMinutes() === 0;
  return step >= DAY_SECONDS || isMidnight ? day(at) : timeOfDay(at);
}

/** Lines over time, in the colours of the theme. */
export function LineChart({ summary, times, series, format, height = 200 }: LineChartProps) {
  const ref = useRef<HTMLDivElement>(null);
  const look = theme.value;
  useEffect(() => {
    const element = ref.current;
    if (element === null) return undefined;
    const style = getComputedStyle(element);
    const color = (name: string): string => style.getPropertyValue(name).trim();
    const axis = {
      stroke: color('--muted'),
      grid: { stroke: color('--border'), width: 1 },
      ticks: { show: false },
      font: `12px ${style.fontFamily}`,
    };
    const options: uPlot.Options = {
      width: element.clientWidth,
      height,
      cursor: { y: false },
      legend: { show: series.length > 1 },
      scales: { y: { range: (_chart, _min, max) => [0, Math.max(1, max * 1.1)] } },
      axes: [
        {
          ...axis,
          space: 80,
          values: (_chart, ticks, _index, _space, step) => ticks.map((tick) => axisTime(tick, step)),
        },
        { ...axis, size: 64, values: (_chart, ticks) => ticks.map(format) },
      ],
      series: [
        {},
        ...series.map(({ title }, index) => {
          const stroke = color(COLORS[index % COLORS.length] ?? '--accent');
          return {
            label: title,
            stroke,
            width: 2,
            points: { show: times.length < 3 },
            value: (_chart: uPlot, value: number | null) => (value === null ? '–' : format(value)),
            ...(series.length === 1 ? { fill: color('--accent-soft') } : {}),
          };
        }),
      ],
    };
    let chart: uPlot | null = null;
    let isGone = false;
    const draw = async (): Promise<void> => {
      // Most pages have no chart: they do not wait for its code.
      const { Plot } = await import('./plot.ts');
      if (!isGone) chart = new Plot(options, [[...times], ...series.map(({ values }) => [...values])], element);
    };
    void draw();
    const resize = new ResizeObserver(() => chart?.setSize({ width: element.clientWidth, height }));
    resize.observe(element);
    return () => {
      isGone = true;
      resize.disconnect();
      chart?.destroy();
    };
  }, [times, series, format, height, look]);
  return (
    <figure class="chart">
      <div ref={ref} role="img" aria-label={summary} style={{ minHeight: `${height}px` }} />
    </figure>
  );
}
