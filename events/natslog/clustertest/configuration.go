package clustertest

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/nats-io/nats-server/v2/server"
)

// User is who connects, by name and password.
type User struct{ Name, Password string }

// Users of the shipped configuration, which takes their passwords from the environment; and one more who may do everything
// in the account.
var (
	Kaohe    = User{"kaohe", "kaohe-secret"}
	Listener = User{"listener", "listener-secret"}
	Admin    = User{"admin", "admin-secret"}
	System   = User{"sys", "sys-secret"}
	Master   = User{"master", "master-secret"}
)

// passwords are the environment of a server.
var passwords = map[string]string{
	"KAOHE_NATS_PASSWORD": Kaohe.Password, "KAOHE_NATS_LISTENER_PASSWORD": Listener.Password,
	"KAOHE_NATS_ADMIN_PASSWORD": Admin.Password, "KAOHE_NATS_SYS_PASSWORD": System.Password,
}

// configuring guards the environment while a configuration is read.
var configuring sync.Mutex

// configure writes the files of the node with an index below dir, where the certificates are, and reads them as a server
// does.
func configure(tb testing.TB, dir string, index int, routes, clients []int) *server.Options {
	tb.Helper()
	name := fmt.Sprintf("nats-%d", index+1)
	own := []string{"node_name:      nats-1", "node_name: " + name, "/etc/nats/tls", dir, "/var/lib/nats", filepath.Join(dir, name, "store"),
		"0.0.0.0:4222", loopback(clients[index]), "0.0.0.0:6222", loopback(routes[index]), "127.0.0.1:8222", "127.0.0.1:-1"}
	for i, port := range routes {
		own = append(own, fmt.Sprintf("nats-%d:6222", i+1), loopback(port))
	}
	shipped := shippedFolder(tb)
	conf, err := os.ReadFile(filepath.Join(shipped, "nats.conf"))
	must(tb, err)
	node, err := os.ReadFile(filepath.Join(shipped, "node.conf"))
	must(tb, err)
	must(tb, os.Mkdir(filepath.Join(dir, name), 0o700))
	write(tb, filepath.Join(dir, name, "nats.conf"), conf)
	write(tb, filepath.Join(dir, name, "node.conf"), []byte(strings.NewReplacer(own...).Replace(string(node))))
	opts := process(tb, filepath.Join(dir, name, "nats.conf"))
	for _, a := range opts.Accounts {
		if a.Name == "KAOHE" {
			opts.Users = append(opts.Users, &server.User{Username: Master.Name, Password: Master.Password, Account: a})
		}
	}
	return opts
}

func process(tb testing.TB, file string) *server.Options {
	tb.Helper()
	configuring.Lock()
	defer configuring.Unlock()
	for name, value := range passwords {
		must(tb, os.Setenv(name, value))
		defer os.Unsetenv(name)
	}
	opts, err := server.ProcessConfigFile(file)
	must(tb, err)
	opts.NoSigs, opts.NoLog = true, true
	return opts
}

// shippedFolder finds deploy/nats from wherever in the module a test runs.
func shippedFolder(tb testing.TB) string {
	tb.Helper()
	dir, err := os.Getwd()
	must(tb, err)
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return filepath.Join(dir, "deploy", "nats")
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			must(tb, errors.New("the test does not run within the module"))
		}
		dir = parent
	}
}

// freePorts returns ports that nobody listens on at the moment.
func freePorts(tb testing.TB, n int) (ports []int) {
	tb.Helper()
	for range n {
		l, err := net.Listen("tcp", loopback(0))
		must(tb, err)
		defer l.Close()
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	return ports
}

func loopback(port int) string { return fmt.Sprintf("127.0.0.1:%d", port) }
