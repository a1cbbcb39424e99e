/** Where Socles runs: an address, a process, a container, a Compose stack. */
package fr.socles.testing.server;
