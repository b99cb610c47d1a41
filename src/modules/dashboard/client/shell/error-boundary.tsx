import { Component, type ComponentChildren } from 'preact';
import { asProblem, type Problem } from '../api/problem.ts';
import { ProblemView } from '../ui/problem-view.tsx';

interface ErrorBoundaryProps {
  /** Another one is another page: the fault of the one before is forgotten. */
  place: string;
  children: ComponentChildren;
}

/** A fault in a page takes that page away, and not the whole dashboard. */
export class ErrorBoundary extends Component<ErrorBoundaryProps, { problem: Problem | null }> {
  override state: { problem: Problem | null } = { problem: null };

  static override getDerivedStateFromError(error: unknown): { problem: Problem } {
    return { problem: asProblem(error) };
  }

  override componentDidUpdate(before: ErrorBoundaryProps): void {
    if (before.place !== this.props.place && this.state.problem !== null) this.setState({ problem: null });
  }

  override render() {
    const { problem } = this.state;
    if (problem === null) return this.props.children;
    return (
      <div class="page stack">
        <h1>This page has a fault</h1>
        <ProblemView problem={problem} onRetry={() => this.setState({ problem: null })} />
      </div>
    );
  }
}
