package natslog_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/eventtest"
	"github.com/kaohe/kaohe/events/natslog"
	"github.com/kaohe/kaohe/events/natslog/clustertest"
)

// rights are what deploy/nats allows the user of a log, without the one that is needed but once.
var rights = []string{
	"kaohe.commit.v1", "$JS.API.STREAM.INFO.KAOHE_LOG", "$JS.API.STREAM.MSG.GET.KAOHE_LOG", "$JS.API.DIRECT.GET.KAOHE_LOG",
	"$JS.API.CONSUMER.CREATE.KAOHE_LOG.>", "$JS.API.CONSUMER.INFO.KAOHE_LOG.*", "$JS.API.CONSUMER.DELETE.KAOHE_LOG.*", "$JS.API.CONSUMER.MSG.NEXT.KAOHE_LOG.*",
}

// TestEachRightIsMissed: a user who lacks a single right is found out when the log is opened, not when it is first needed.
func TestEachRightIsMissed(t *testing.T) {
	t.Parallel()
	var users strings.Builder
	for i := range rights {
		fmt.Fprintf(&users, `{user: "lacks%d", password: $KAOHE_NATS_PASSWORD, permissions: {publish: {deny: [%q]}, subscribe: {allow: ["_INBOX.>"]}}}`+"\n", i, rights[i])
	}
	c := clustertest.Single(t, `accounts { KAOHE { jetstream: {max_file: 4MB}, users: [{user: kaohe, password: $KAOHE_NATS_PASSWORD}`+"\n"+users.String()+`] } }`)
	for _, filled := range []bool{false, true} {
		log := mustOpen(t, inCluster(t, c))
		if filled {
			eventtest.MustFill(t, log, events.Head{}, 2)
		}
		for i, right := range rights {
			if get := strings.Contains(right, ".GET."); get && !filled || !filled && strings.Contains(right, ".NEXT.") {
				continue // there is nothing to get
			}
			opts := inCluster(t, c)
			user := clustertest.User{Name: fmt.Sprintf("lacks%d", i), Password: clustertest.Kaohe.Password}
			opts.Cluster.Connect, opts.Cluster.Wait = c.Dial(t, user), 10*time.Second
			log, err := natslog.Open(t.Context(), opts)
			if err == nil {
				mustClose(t, log)
			}
			if !errors.Is(err, natslog.ErrDenied) || !strings.Contains(err.Error(), strings.TrimRight(right, "*>")) {
				t.Errorf("without %s, filled %v: Open() = %v, want ErrDenied that names it", right, filled, err)
			}
		}
	}
}
