package app

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"
)

// watchPlan tells when another daemon that shares the log has brought another plan into force. This one goes on with its own,
// by which it checks events and shows figures, while all who look back in the log find the other: somebody has to see to it.
func (a *App) watchPlan(ctx context.Context) error {
	replaced := prometheus.NewGauge(prometheus.GaugeOpts{Name: "kaohe_plan_replaced",
		Help: "1 if another daemon has brought another plan into force, and this one goes on with its own; else 0. Absent where one daemon has the log."})
	if err := a.registry.Register(replaced); err != nil {
		return err
	}
	for ours := false; ; {
		v := a.runner.View()
		head := v.Head().Seq
		p, ok := v.PlanAt(head)
		switch {
		case ok && p.Hash == a.plan.Hash:
			ours = true
			replaced.Set(0)
		case ok && ours:
			ours = false
			replaced.Set(1)
			a.opts.Logger.Warn("another daemon has brought another plan into force, this one goes on with its own: start all of them by the same plan",
				"part", "plan", "plan", a.plan.Hash, "in_force", p.Hash, "position", p.At.String())
		}
		if _, err := a.runner.Await(ctx, head+1); err != nil {
			return nil // ctx has ended
		}
	}
}
