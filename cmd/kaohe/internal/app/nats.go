package app

import (
	"context"
	"crypto/tls"
	"fmt"
	"slices"
	"strings"

	"github.com/nats-io/nats.go"

	"github.com/kaohe/kaohe/cmd/kaohe/internal/natsapi"
	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/access"
	"github.com/kaohe/kaohe/events/natslog"
)

// door lets clients in by NATS if that was asked for.
func (a *App) door(config *tls.Config) *natslog.Door {
	if a.opts.NATSListen == "" {
		return nil
	}
	return &natslog.Door{Addr: a.opts.NATSListen, TLS: config, Admit: a.admit, Stays: a.stays, Calm: (&calm{now: a.opts.Now}).down}
}

// admit tells who shows a token.
func (a *App) admit(token string) (natslog.Guest, error) {
	if token == "" {
		if by, ok := a.holder(""); ok {
			return natslog.Guest{Hears: hears(by, a.plan.Orgs)}, nil
		}
	}
	by, err := a.tokens.Authenticate(token)
	if err != nil {
		return natslog.Guest{}, err
	}
	return natslog.Guest{Name: by.Name, Hears: hears(by, a.plan.Orgs)}, nil
}

// stays reports whether a guest is still what it was when it was admitted.
func (a *App) stays(g natslog.Guest) bool {
	by, ok := a.holder(g.Name)
	return ok && slices.Equal(g.Hears, hears(by, a.plan.Orgs))
}

// holder returns who has the token with a name, and somebody on this machine for the empty one, as long as nobody has to
// say who they are.
func (a *App) holder(name string) (access.Principal, bool) {
	if name == "" {
		return access.Local, !a.tokens.Guarded()
	}
	return a.tokens.Principal(name)
}

// hears lists the subjects of announcements that a principal may subscribe to.
func hears(by access.Principal, orgs *events.Orgs) []string {
	if by.Can&access.Read == 0 {
		return nil
	}
	if by.Org == access.Everywhere {
		return []string{natslog.Announcements + ".>"}
	}
	org, known := orgs.Index(by.Org)
	if !known {
		return nil
	}
	own := natslog.Announcements + ".*." + orgPath(orgs, org)
	return []string{own, own + ".>"}
}

// orgPath writes the units from the root down to one as the end of a subject. A dot in a code would be a level of its own.
func orgPath(orgs *events.Orgs, org int) string {
	path := orgs.Path(org)
	codes := make([]string, len(path))
	for i, unit := range path {
		codes[len(path)-1-i] = strings.ReplaceAll(orgs.Org(unit).Code, ".", "~")
	}
	return strings.Join(codes, ".")
}

// serveNATS answers requests over NATS by the same handler as those over HTTP. The door is opened last: whoever comes finds
// somebody to answer, and the plan by which it is said what may be heard.
func (a *App) serveNATS() error {
	if a.opts.NATSListen == "" {
		return nil
	}
	var err error
	a.service, err = natsapi.Start(natsapi.Options{
		Connect: a.log.Service, Handler: a.answers, Caller: a.whoAsks, Admit: a.asking, ID: a.opts.NewID(), Version: a.opts.Version, Now: a.opts.Now,
		Logger: a.opts.Logger.With("part", "nats"), Registerer: a.registry, Calm: (&calm{now: a.opts.Now}).down,
	})
	if err != nil {
		return fmt.Errorf("answer over NATS: %w", err)
	}
	a.run("tokens", func(ctx context.Context) error {
		a.tokens.Watch(ctx, a.log.Expel)
		return nil
	})
	return a.log.OpenDoor()
}

// whoAsks names the token that a request came by; it is empty where nobody had to show one.
func (a *App) whoAsks(h nats.Header) (name string, ok bool) {
	guest, ok := a.log.Caller(h)
	return guest.Name, ok
}

// asking puts the principal of a request into its context. What was revoked lets nobody ask any more, though the connection
// may live for a moment.
func (a *App) asking(ctx context.Context, name string) (context.Context, bool) {
	by, ok := a.holder(name)
	return access.NewContext(ctx, by), ok
}

// NATSURL returns where the daemon answers over NATS: nats://host:port, or tls. It is "" while it does not.
func (a *App) NATSURL() string {
	if a.service == nil {
		return ""
	}
	switch addr := a.log.DoorAddr(); {
	case addr == "":
		return ""
	case a.certificate != nil:
		return "tls://" + addr
	default:
		return "nats://" + addr
	}
}

// URLs returns all addresses at which the daemon answers.
func (a *App) URLs() []string {
	return slices.DeleteFunc([]string{a.URL(), a.NATSURL()}, func(s string) bool { return s == "" })
}
