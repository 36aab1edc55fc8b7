// Hostnames answers with vCluster's own functions what virtual things are called on the host, a line of JSON for each line of JSON.
//
//	{"vcluster", "hostNamespace", "name", "namespace"}         -> {"namespace", "name"}: where and what it is, unmapped
//	{"vcluster", "hostNamespace", "mappings", "namespaces"}    -> {"error", "toHost", "toVirtual"}: what is wrong with the mappings,
//	                                                              and for each namespace all that it may be mapped to, and from
//
// vCluster maps host namespaces to virtual ones in the open, the other direction is not in its public source; both are one
// rule, so that here its function is called with the sides swapped. It walks a Go map, whose order is another each time: it is
// asked often, and all its answers are given.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/loft-sh/vcluster/config"
	"github.com/loft-sh/vcluster/pkg/util/namespaces"
	"github.com/loft-sh/vcluster/pkg/util/translate"
)

const times = 48

type question struct {
	VCluster      string            `json:"vcluster"`
	HostNamespace string            `json:"hostNamespace"`
	Name          string            `json:"name"`
	Namespace     string            `json:"namespace"`
	Mappings      map[string]string `json:"mappings"`
	Namespaces    []string          `json:"namespaces"`
}

type hostName struct {
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
}

type mapped struct {
	Error     string     `json:"error"`
	ToHost    [][]string `json:"toHost"`
	ToVirtual [][]string `json:"toVirtual"`
}

func main() {
	if err := answerAll(json.NewDecoder(os.Stdin), json.NewEncoder(os.Stdout)); err != nil {
		fmt.Fprintln(os.Stderr, "hostnames:", err)
		os.Exit(2)
	}
}

func answerAll(questions *json.Decoder, answers *json.Encoder) error {
	questions.DisallowUnknownFields()
	for {
		var asked question
		if err := questions.Decode(&asked); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		if err := answers.Encode(answer(asked)); err != nil {
			return err
		}
	}
}

func answer(asked question) any {
	if asked.Mappings == nil {
		// What the mapper of service accounts calls: pkg/mappings/resources/serviceaccounts.go.
		translate.VClusterName = asked.VCluster
		is := translate.NewSingleNamespaceTranslator(asked.HostNamespace).HostName(nil, asked.Name, asked.Namespace)
		return hostName{is.Namespace, is.Name}
	}
	settings := &config.Config{}
	settings.Sync.ToHost.Namespaces.Enabled = true
	settings.Sync.ToHost.Namespaces.Mappings.ByName = asked.Mappings
	said := mapped{ToHost: [][]string{}, ToVirtual: [][]string{}}
	if err := namespaces.ValidateNamespaceSyncConfig(settings, asked.VCluster, asked.HostNamespace); err != nil {
		said.Error = err.Error()
		return said
	}
	// Valid mappings have no host side twice, so that none is lost.
	swapped := map[string]string{}
	for virtual, host := range asked.Mappings {
		swapped[host] = virtual
	}
	for _, namespace := range asked.Namespaces {
		said.ToHost = append(said.ToHost, translations(asked.VCluster, namespace, swapped))
		said.ToVirtual = append(said.ToVirtual, translations(asked.VCluster, namespace, asked.Mappings))
	}
	return said
}

func translations(vcluster, namespace string, mappings map[string]string) []string {
	found := []string{}
	for range times {
		translated, matched := namespaces.TranslateHostNamespace(vcluster, namespace, mappings)
		if matched && !slices.Contains(found, translated) {
			found = append(found, translated)
		}
	}
	slices.Sort(found)
	return found
}
