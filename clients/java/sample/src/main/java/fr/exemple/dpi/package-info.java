/**
 * The software under test: as little of a hospital's patient record as needs INSi, the DMP and MSSanté. It knows nothing of
 * Socles; its addresses are configuration.
 */
package fr.exemple.dpi;
