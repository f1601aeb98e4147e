package app

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/kaohe/kaohe/events/access"
)

// readAccess finds out whom to let in and what to show them. A daemon whose tokens cannot be read does not start: nobody could
// use it.
func (a *App) readAccess() (err error) {
	if err := a.tokens.Problem(); err != nil {
		return err
	}
	if a.opts.TLSCert != "" {
		a.certificate, err = a.loadCertificate()
	}
	return err
}

// Guarded reports whether everybody must say who they are.
func (a *App) Guarded() bool { return a.tokens.Guarded() }

// watchTokens says what becomes of the tokens while the daemon runs.
func (a *App) watchTokens(ctx context.Context) error {
	a.tokens.Watch(ctx, a.reviewTokens)
	return nil
}

// reviewTokens logs what is odd about the tokens: a file that cannot be read, and tokens of units that the plan does not have,
// with which nothing can be reached.
func (a *App) reviewTokens() {
	list, err := a.tokens.List()
	logger := a.opts.Logger.With("part", "access")
	if err != nil {
		logger.Error("nobody is let in", "error", err)
		return
	}
	for _, t := range list {
		if a.stateOf(t) == adrift {
			logger.Warn("the token's unit is not in the plan: it reaches nothing", "token", t.Name, "org", t.Org)
		}
	}
	if len(list) > 0 {
		logger.Info("tokens", "live", a.countTokens(access.Live), "of", len(list))
	}
}

// adrift is the state of a token that would let in, but whose unit the plan does not have.
const adrift access.State = "no_unit"

func (a *App) stateOf(t access.Token) access.State {
	state := t.State(a.opts.Now())
	if _, known := a.plan.Orgs.Index(t.Org); state == access.Live && !known && t.Org != access.Everywhere {
		return adrift
	}
	return state
}

func (a *App) countTokens(state access.State) (n int) {
	list, _ := a.tokens.List() // none if they cannot be read
	for _, t := range list {
		if a.stateOf(t) == state {
			n++
		}
	}
	return n
}

// registerTokens exposes how many tokens there are.
func (a *App) registerTokens() {
	for _, state := range []access.State{access.Live, access.Expired, access.Revoked, adrift} {
		a.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "kaohe_access_tokens", Help: "Tokens, by whether they let in; no_unit are those of units that the plan does not have.",
			ConstLabels: prometheus.Labels{"state": string(state)},
		}, func() float64 { return float64(a.countTokens(state)) }))
	}
}
